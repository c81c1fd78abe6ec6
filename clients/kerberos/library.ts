import { createRequire } from "node:module";
import { Explained } from "../errors";

/** What is used of the package `kerberos`. Tokens are texts in base64, null or empty where there is none. */
export type GssClient = {
  contextComplete: boolean;
  step: (challenge: string) => Promise<string | null>;
  wrap: (message: string) => Promise<string>;
  unwrap: (message: string) => Promise<string | null>;
};
type Library = {
  GSS_MECH_OID_KRB5: number;
  GSS_MECH_OID_SPNEGO: number;
  initializeClient: (
    service: string,
    options: { mechOID: number; principal?: string },
  ) => Promise<GssClient>;
};

/**
 * An optional package with a compiled part, so that who has no Kerberos needs no compiler. It is asked for when it is first needed.
 * @throws Error that says how to get it
 */
export function kerberosLibrary(): Library {
  try {
    return createRequire(__filename)("kerberos") as Library;
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new Explained(
      `security.kerberos: the package \`kerberos\` cannot be loaded (${reason}); it is built where Kerberos' headers are: docs/permissions.md says how`,
      { cause: error },
    );
  }
}
