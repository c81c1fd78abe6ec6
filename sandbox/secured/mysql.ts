import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "../platform/paths";
import { CA, pemOf } from "./certificates";

/** A user who may read events, and his password. */
export const MYSQL_USER = { name: "sisyphus", password: "a secret of MySQL" };

/** Has that password, as Sisyphus reads it. */
export const MYSQL_PASSWORD_FILE = join(SANDBOX_DIR, "mysql-password");

/**
 * What MariaDB is told so that it takes nobody who comes without TLS, and has the user.
 * @param data its folder
 */
export function overTls(data: string): string[] {
  const { name, password } = MYSQL_USER;
  const user = `'${name}'@'%'`;
  const file = join(data, "users.sql");
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
  writeFileSync(MYSQL_PASSWORD_FILE, `${password}\n`, { mode: 0o600 });
  const { certificate, key } = pemOf("localhost");
  return [
    `--init-file=${file}`,
    `--ssl-ca=${CA}`,
    `--ssl-cert=${certificate}`,
    `--ssl-key=${key}`,
    "--require-secure-transport=ON",
  ];
}
