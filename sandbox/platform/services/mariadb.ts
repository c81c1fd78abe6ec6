import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { overTls } from "../../secured/mysql";
import { isSecured } from "../kind";
import { SANDBOX_DIR } from "../paths";
import { launch } from "../processes";
import { portAnswers } from "../wait";
import type { Service } from "./service";

const DATA = join(SANDBOX_DIR, "mariadb");

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
      ...(isSecured() ? overTls(DATA) : []),
      ...(process.getuid?.() === 0 ? ["--user=root"] : []),
    ]);
  },
  ready: (p) => portAnswers(p.mariadb),
};
