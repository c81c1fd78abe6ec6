import {
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP } from "node:net";

/** Certificates that are made in the test itself (X.509, DER): none that lies in the repository, and none that expires. */

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80
      ? [body.length]
      : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes);
const TRUE = der(0x01, Buffer.from([0xff]));

const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const VALIDITY = sequence(
  der(0x17, Buffer.from("200101000000Z")),
  der(0x17, Buffer.from("491231235959Z")),
);
const nameOf = (common: string) =>
  sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(common)))));

const IS_AUTHORITY = sequence(oid("551d13"), TRUE, der(0x04, sequence(TRUE)));
const goesBy = (name: string) =>
  sequence(
    oid("551d11"),
    der(
      0x04,
      sequence(
        isIP(name)
          ? der(0x87, Buffer.from(name.split(".").map(Number)))
          : der(0x82, Buffer.from(name)),
      ),
    ),
  );

const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----\n`;

function certificate(
  subject: string,
  key: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  extension: Buffer,
): string {
  const told = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    nameOf(issuer),
    VALIDITY,
    nameOf(subject),
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  return pem(
    sequence(told, ECDSA_SHA256, bits(sign("sha256", told, issuerKey))),
  );
}

const keys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

/** An authority of a test's own. */
export function authority(name = "a test's authority") {
  const own = keys();
  return {
    /** Its certificate (PEM). */
    ca: certificate(name, own.publicKey, name, own.privateKey, IS_AUTHORITY),
    /** A certificate and its key (PEM) for a host's name or IPv4 address. */
    issue(host: string): { cert: string; key: string } {
      const { publicKey, privateKey } = keys();
      return {
        cert: certificate(host, publicKey, name, own.privateKey, goesBy(host)),
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}
