import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import type { Config } from "../domain/settings/config";

type Settings = Pick<NonNullable<Config["metrics"]>, "host"> &
  Partial<NonNullable<Config["metrics"]>>;

const TOKEN_VARIABLE = "SISYPHUS_METRICS_TOKEN";
/** Printable characters without spaces, as a header carries them; shorter ones could be guessed. */
const TOKEN = /^[\x21-\x7e]{16,}$/;
const COOKIE = "sisyphus_reports";
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The token that readers must send; undefined where none is configured.
 * @throws Error where the file cannot be read, or the token is too short: pages that somebody wanted to guard must not be open by mistake
 */
export function readerToken(
  { tokenFile }: Pick<Settings, "tokenFile">,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const token = tokenFile
    ? readFileSync(tokenFile, "utf8").trim()
    : environment[TOKEN_VARIABLE];
  if (token === undefined) return undefined;
  if (!TOKEN.test(token))
    throw new Error(
      `the token in ${tokenFile ?? TOKEN_VARIABLE} is not one: it needs at least 16 printable characters, and no spaces`,
    );
  return token;
}

/**
 * Whether a request was meant for this server, by its `Host`. A page of another site can have its own name lead to this address (DNS
 * rebinding), and then read what it likes: its requests carry that other name.
 * @param port the one that is listened on
 */
export function isOwnHost(
  host: string | undefined,
  port: number,
  { host: listened, url, allowedHosts = [] }: Settings,
): boolean {
  if (host === undefined) return false;
  const asked = host.toLowerCase();
  const [, name = "", askedPort = ""] = /^(.*?)(?::(\d+))?$/.exec(asked)!;
  const listenedName = listened.includes(":") ? `[${listened}]` : listened;
  const own = [...LOOPBACK, listenedName.toLowerCase()];
  // A port that is the protocol's own is not sent.
  if (own.includes(name) && (askedPort || "80") === String(port)) return true;
  if (url !== undefined && new URL(url).host === asked) return true;
  return allowedHosts.some((allowed) =>
    [asked, name].includes(allowed.toLowerCase()),
  );
}

/** Compares texts in a time that tells nothing of where they differ, nor of their lengths. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));

const digest = (text: string) => createHash("sha256").update(text).digest();

/** What a browser keeps instead of the token: from it the token cannot be told. */
const cookieValue = (token: string): string =>
  createHmac("sha256", token).update(COOKIE).digest("hex");

/** Whether a request's headers carry the token, or the cookie that {@link cookieFor} made of it. */
export function carriesToken(
  { authorization = "", cookie = "" }: IncomingHttpHeaders,
  token: string,
): boolean {
  const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (bearer !== undefined && isSame(bearer, token)) return true;
  return cookie
    .split(";")
    .map((pair) => pair.trim())
    .some((pair) => isSame(pair, `${COOKIE}=${cookieValue(token)}`));
}

/** Whether an address carries the token, as a link that somebody is given for the first visit does. */
export const isTokenIn = (query: URLSearchParams, token: string): boolean =>
  isSame(query.get("token") ?? "", token);

/**
 * The cookie by which a browser is known after its first visit. `Lax`: links in mails lead to reports, and nothing here changes anything.
 * @param isHttps whether browsers reach the server by https only
 */
export const cookieFor = (token: string, isHttps: boolean): string =>
  [
    `${COOKIE}=${cookieValue(token)}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    ...(isHttps ? ["Secure"] : []),
  ].join("; ");
