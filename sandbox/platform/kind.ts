import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";

/** Says which kind of cluster this sandbox is; a reset forgets it. */
const FILE = join(SANDBOX_DIR, "kind");
type Kind = "open" | "secured";

const kind = (): Kind | undefined =>
  existsSync(FILE) ? (readFileSync(FILE, "utf8") as Kind) : undefined;

/** Whether this sandbox is a cluster with Kerberos, TLS and ACLs. */
export const isSecured = (): boolean => kind() === "secured";

/**
 * Makes a sandbox that has not been started yet one of a kind.
 * @throws Error where it is the other one already
 */
export function settleKind(wanted: Kind): void {
  const is = kind();
  if (is === wanted) return;
  if (is !== undefined)
    throw new Error(
      `this sandbox is ${is === "open" ? "an open" : "a secured"} one, with data; \`npx sandbox reset\` forgets it`,
    );
  mkdirSync(SANDBOX_DIR, { recursive: true });
  writeFileSync(FILE, wanted);
}
