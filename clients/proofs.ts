import { secretOf } from "./secrets";
import type { WholeAddress } from "../domain/settings/sections/receiver-address";

/** An address without the user and the password that it may name: a request's address has none. */
export function withoutUser(address: string): URL {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url;
}

/** Says by Kerberos who asks a service. @returns a token (RFC 4559) @throws Error that names who, and the field that says so */
export type WebToken = (url: URL) => Promise<string>;

/**
 * The headers that prove who posts, with secrets as they are at this moment.
 * @param field of the configuration, for errors
 * @throws Error that names a secret's field and where it lies, where it is not there or can be in no header
 */
export async function proofHeaders(
  { url, secretHeaders = {}, basic, bearer, kerberos }: WholeAddress,
  field: string,
  webToken: WebToken,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  const put = (name: string, value: string, of: string) => {
    // Node would name the header alone.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new Error(`${of}: has a character that no header can have`);
    headers[name] = value;
  };
  for (const [name, secret] of Object.entries(secretHeaders)) {
    const of = `${field}.secretHeaders.${name}`;
    put(name, secretOf(secret, of), of);
  }
  if (bearer) {
    const of = `${field}.bearer`;
    put("authorization", `Bearer ${secretOf(bearer, of)}`, of);
  }
  if (basic)
    headers["authorization"] = basicText(
      basic.user,
      secretOf(basic.password, `${field}.basic.password`),
    );
  const asked = new URL(url);
  const { username, password } = asked;
  if (kerberos) headers["authorization"] = `Negotiate ${await webToken(asked)}`;
  if (username !== "" || password !== "")
    headers["authorization"] = basicText(decoded(username), decoded(password));
  return headers;
}

/** What an operator can look at where a receiver does not let in who posts. */
export function proofsOf(
  { url, secretHeaders = {}, basic, bearer, kerberos, tls }: WholeAddress,
  field: string,
): string {
  const { username, password } = new URL(url);
  const fields = [
    ...(bearer ? [`${field}.bearer`] : []),
    ...(basic ? [`${field}.basic`] : []),
    ...(kerberos ? [`${field}.kerberos`, "security.kerberos"] : []),
    ...Object.keys(secretHeaders).map((n) => `${field}.secretHeaders.${n}`),
    ...(username !== "" || password !== ""
      ? [`the user in the address of ${field}`]
      : []),
    ...((tls?.certificate ?? tls?.keystore) ? [`${field}.tls`] : []),
  ];
  return fields.length > 0
    ? `see ${fields.join(", ")}`
    : `nothing but the address of ${field} says who posts: see bearer, basic, kerberos, secretHeaders and tls there`;
}

const basicText = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** A part of an address as its owner knows it; a percent sign of its own stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
