import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { kerberosLibrary } from "../../clients/kerberos/library";
import { ROOT, SANDBOX_DIR } from "../platform/paths";
import { keytabOf, KRB5_CONF } from "./kdc";

/** Takes a ticket by the keytab that the environment names, for the service in its argument; the library keeps it in the cache. */
const TAKE = `
const kerberos = require("kerberos");
kerberos
  .initializeClient(process.argv[1], { mechOID: kerberos.GSS_MECH_OID_KRB5 })
  .then((client) => client.step(""))
  .catch((error) => { console.error(error.message); process.exit(1); });`;

/** Whether the package `kerberos` is there: it is optional, as it is compiled where it is installed. */
export function hasKerberos(): boolean {
  try {
    kerberosLibrary();
    return true;
  } catch {
    return false;
  }
}

/**
 * As `kinit` does, which is not on every host.
 * @param conf a `krb5.conf`: how long the ticket lives is said there
 * @returns the credential cache of an owner of a keytab
 */
export function ticketCache(
  owner: "admin" | "sisyphus",
  conf = KRB5_CONF,
): string {
  const dir = join(SANDBOX_DIR, "kerberos", "caches");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const cache = join(dir, owner);
  const taken = `${cache}.${process.pid}`;
  rmSync(taken, { force: true });
  execFileSync(process.execPath, ["-e", TAKE, "HTTP@localhost"], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      KRB5_CONFIG: conf,
      KRB5_CLIENT_KTNAME: keytabOf(owner),
      KRB5CCNAME: taken,
    },
  });
  // By rename, so that a program that reads the tickets of before goes on.
  renameSync(taken, cache);
  return cache;
}
