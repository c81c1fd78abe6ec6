import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CA, pemOf } from "../../secured/certificates";
import { isSecured } from "../kind";
import { SANDBOX_DIR } from "../paths";
import { launch } from "../processes";
import { portAnswers } from "../wait";
import type { Service } from "./service";

const DATA = join(SANDBOX_DIR, "mariadb");

/** A user who may read events, and his password. */
export const MYSQL_USER = { name: "sisyphus", password: "a secret of MySQL" };

/** Makes the user where there is none yet, and takes nobody who comes without TLS. */
function overTls(): string[] {
  const { name, password } = MYSQL_USER;
  const user = `'${name}'@'%'`;
  const file = join(DATA, "users.sql");
  writeFileSync(
    file,
    [
      "CREATE DATABASE IF NOT EXISTS log CHARACTER SET utf8mb4;",
      `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}';`,
      `GRANT SELECT ON log.* TO ${user};`,
      "",
    ].join("\n"),
    { mode: 0o600 },
  );
  const { certificate, key } = pemOf("localhost");
  return [
    `--init-file=${file}`,
    `--ssl-ca=${CA}`,
    `--ssl-cert=${certificate}`,
    `--ssl-key=${key}`,
    "--require-secure-transport=ON",
  ];
}

export const mariaDb: Service = {
  name: "mariadb",
  title: "MariaDB",
  port: "mariadb",
  start: (p, tools) => {
    if (!existsSync(join(DATA, "mysql"))) {
      execFileSync(
        join(tools.mariadb, "scripts", "mariadb-install-db"),
        [
          "--no-defaults",
          `--basedir=${tools.mariadb}`,
          `--datadir=${DATA}`,
          "--auth-root-authentication-method=normal",
          "--skip-test-db",
        ],
        { stdio: "ignore" },
      );
    }
    launch("mariadb", join(tools.mariadb, "bin", "mariadbd"), [
      "--no-defaults",
      `--basedir=${tools.mariadb}`,
      `--datadir=${DATA}`,
      "--bind-address=127.0.0.1",
      `--port=${p.mariadb}`,
      // A socket's path may be 107 bytes long, a checkout's may be longer.
      `--socket=/tmp/sisyphus-${p.mariadb}.sock`,
      "--skip-networking=0",
      "--innodb-buffer-pool-size=32M",
      "--performance-schema=OFF",
      ...(isSecured() ? overTls() : []),
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    ]);
  },
  ready: (p) => portAnswers(p.mariadb),
};
