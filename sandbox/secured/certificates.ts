import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT, SANDBOX_DIR } from "../platform/paths";

const DIR = join(SANDBOX_DIR, "certificates");
/** Opens every keystore: they prove nothing outside of the sandbox. */
export const STORE_PASSWORD = "changeit";
/** The certificate that signs all others, as clients read it. */
export const CA = join(DIR, "ca.pem");
/** Holds the certificate that signs all others, as Java reads it. */
export const TRUSTED = join(DIR, "trusted.p12");
/** Names of those who have a certificate: the services, an administrator of Kafka, its importer, and Sisyphus. */
const OWNERS = ["localhost", "admin", "importer", "sisyphus"] as const;
type Owner = (typeof OWNERS)[number];

/** A certificate with its key, by whose it is. */
export const keystoreOf = (owner: Owner) => join(DIR, `${owner}.p12`);

/** The same as those read them who are not written in Java. */
export const pemOf = (owner: Owner) => ({
  certificate: join(DIR, `${owner}.pem`),
  key: join(DIR, `${owner}.key`),
});

function keytool(store: string, ...args: string[]): void {
  execFileSync(
    "keytool",
    [
      ...["-noprompt", "-storetype", "PKCS12"],
      ...["-storepass", STORE_PASSWORD, "-keystore", store],
      ...args,
    ],
    { cwd: DIR, stdio: "pipe" },
  );
}

/** By RSA, as Java writes elliptic keys without their public part, and Temporal's client (rustls) reads none of those. */
function keyPair(store: string, owner: string, ...extensions: string[]): void {
  keytool(
    store,
    ...["-genkeypair", "-alias", owner, "-dname", `CN=${owner}`],
    ...["-keyalg", "RSA", "-validity", "3650"],
    ...extensions,
  );
}

/** Makes an authority and what it signs, where there are none yet. */
export function makeCertificates(): void {
  if (existsSync(TRUSTED)) return;
  rmSync(DIR, { recursive: true, force: true });
  mkdirSync(DIR, { recursive: true });
  const authority = join(DIR, "ca.p12");
  keyPair(
    authority,
    "ca",
    ...["-ext", "bc:c=ca:true", "-ext", "ku:c=keyCertSign,cRLSign"],
  );
  keytool(authority, "-exportcert", "-rfc", "-alias", "ca", "-file", CA);
  for (const owner of OWNERS) {
    const store = keystoreOf(owner);
    const [request, signed] = [`${owner}.csr`, `${owner}.pem`];
    keyPair(store, owner);
    keytool(store, "-certreq", "-alias", owner, "-file", request);
    keytool(
      authority,
      ...["-gencert", "-rfc", "-alias", "ca", "-validity", "3650"],
      ...["-infile", request, "-outfile", signed],
      ...["-ext", "san=dns:localhost,ip:127.0.0.1"],
      ...["-ext", "eku=serverAuth,clientAuth"],
    );
    keytool(store, "-importcert", "-alias", "ca", "-file", CA);
    keytool(store, "-importcert", "-alias", owner, "-file", signed);
  }
  const program = join("kdc", "src", "main", "java", "org", "sisyphus");
  execFileSync(
    "java",
    [
      join(ROOT, "jvm", "sandbox", program, "sandbox", "PrivateKeys.java"),
      STORE_PASSWORD,
      ...OWNERS.map(keystoreOf),
    ],
    { stdio: "pipe" },
  );
  // The last, as it says that all are there.
  keytool(TRUSTED, "-importcert", "-alias", "ca", "-file", CA);
}
