import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import type { Secret, TlsSettings } from "../domain/settings/sections/security";

/** A file's bytes. @throws Error that names the field and the file, not what is in it */
function bytesOf(path: string, field: string): Buffer {
  let why: string;
  try {
    const bytes = readFileSync(path);
    // A file that is being replaced may be empty for a moment.
    if (bytes.length > 0) return bytes;
    why = "is empty";
  } catch (error) {
    why = `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  // Without its cause, which would be told instead.
  throw new Error(`${field}: ${path} ${why}`);
}

/** Secrets that were given otherwise than by a file or a variable, by what stands for them. */
const held = new WeakMap<Secret, string>();

/** Has a secret stand for a value in this process: nothing is written, and no program that is started gets it. */
export const holdSecret = (secret: Secret, value: string): void =>
  void held.set(secret, value);

/**
 * A secret as it is at this moment; a line break at the end of its file is none of it.
 * @param field of the configuration, for an error
 * @throws Error where there is none
 */
export function secretOf(secret: Secret, field: string): string {
  const inMemory = held.get(secret);
  if (inMemory !== undefined) return inMemory;
  const where =
    "file" in secret ? secret.file : `the variable ${secret.variable}`;
  const value =
    "file" in secret
      ? bytesOf(secret.file, field)
          .toString("utf8")
          .replace(/\r?\n$/, "")
      : process.env[secret.variable];
  if (value === undefined) throw new Error(`${field}: ${where} is not set`);
  if (value === "") throw new Error(`${field}: ${where} is empty`);
  if (/[\r\n]/.test(value))
    throw new Error(`${field}: ${where} has more than one line`);
  return value;
}

/**
 * What Node's TLS is given. Each file is read when its option is, so that a connection has what lies there when it is made.
 * @param field of the configuration, for errors
 */
export function tlsOptions(
  { ca, certificate, key, keystore, passphrase }: TlsSettings,
  field: string,
): SecureContextOptions {
  const options: SecureContextOptions = {};
  const read = (
    name: "ca" | "cert" | "key" | "pfx" | "passphrase",
    value: () => string | Buffer,
  ) => Object.defineProperty(options, name, { get: value, enumerable: true });
  if (ca !== undefined) read("ca", () => bytesOf(ca, `${field}.ca`));
  if (certificate !== undefined)
    read("cert", () => bytesOf(certificate, `${field}.certificate`));
  if (key !== undefined) read("key", () => bytesOf(key, `${field}.key`));
  if (keystore !== undefined)
    read("pfx", () => bytesOf(keystore, `${field}.keystore`));
  if (passphrase !== undefined)
    read("passphrase", () => secretOf(passphrase, `${field}.passphrase`));
  return options;
}

/** Codes of TLS: the service's certificate is not believed, or ours is not. */
const TLS_CODE =
  /^(?:SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO)/;

/** Whether an error's code is one of TLS. */
export const isTlsCode = (code: string): boolean => TLS_CODE.test(code);

/** Codes of a service's certificate that is not believed (OpenSSL's X509_V_ERR_…, and Node's own for its names). */
const NOT_BELIEVED =
  /^(?:SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH$|ERR_TLS_CERT_ALTNAME_INVALID$)/;

/** Whether an error's code says that a service was not believed, so that it was asked nothing. Others may come when it was asked already. */
export const isNotBelieved = (code: string): boolean => NOT_BELIEVED.test(code);

/** Whatever may be base64: the line of an AUTH has a password in it at any place, and so do a server's words that repeat it. */
const BASE64 = "(?:[A-Za-z0-9+/_-]|%2[BbFf])+";
/** Where a text is folded; each further line of a mail server's answer begins with its number again. */
const FOLD = "[ \\t]*(?:\\r\\n|[\\r\\n])[ \\t]*";
const FOLD_OF_ANSWER = `${FOLD}(?:\\d{3}[ -])?`;
const PERHAPS_BASE64 = new RegExp(
  `${BASE64}(?:${FOLD_OF_ANSWER}${BASE64})*(?:=|%3[Dd]){0,2}`,
  "g",
);

/**
 * Whether a run of base64 holds one of several secrets. What stands right before the line of an AUTH may be base64 as well, as `AUTH/PLAIN/` is:
 * four characters hold three bytes, so that the line begins at one of four offsets.
 */
function isHeld(secrets: readonly string[], run: string): boolean {
  const bytes = secrets.map((secret) => Buffer.from(secret));
  return [FOLD_OF_ANSWER, FOLD].some((fold) => {
    const line = decodeURIComponent(run.replaceAll(new RegExp(fold, "g"), ""));
    return [0, 1, 2, 3].some((offset) => {
      const held = Buffer.from(line.slice(offset), "base64");
      return bytes.some((secret) => held.includes(secret));
    });
  });
}

/** A secret as it is, or with any of its characters percent-encoded or as a form has them. */
function formsOf(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    const encoded = Array.from(Buffer.from(character), (byte) =>
      byte
        .toString(16)
        .padStart(2, "0")
        .replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`),
    );
    const itself = character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    const blank = character === " " ? "|\\+" : "";
    return `(?:${itself}|%${encoded.join("%")}${blank})`;
  });
  return new RegExp(characters.join(""), "g");
}

/**
 * A text that somebody else has written, without our secrets: as they are, percent-encoded, or in base64, alone or with what is sent around
 * them. It is to be shortened after this, as half a secret is not found.
 */
export function withoutSecrets(
  text: string,
  secrets: readonly string[],
): string {
  const known = secrets
    .filter((secret) => secret !== "")
    // What is part of another one would leave the rest of it.
    .sort((a, b) => b.length - a.length);
  // The first, as the rest of a line that has lost a part is not known any more.
  const decoded = text.replaceAll(PERHAPS_BASE64, (run) =>
    isHeld(known, run) ? "…" : run,
  );
  return known.reduce(
    (left, secret) => left.replaceAll(formsOf(secret), "…"),
    decoded,
  );
}
