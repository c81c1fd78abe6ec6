import { fatal, ServiceError } from "../../../clients/errors";
import { MAX_ANSWER, TIMEOUT_MS } from "./receiver";

/** Answers of 4xx that may be others a moment later: the request took too long, or there were too many. */
const PASSING = [408, 429];

/**
 * Posts JSON to a receiver's address. The address may hold a token that lets anybody write in its holder's name
 * (chat services hand out such addresses), so errors carry the receiver's name, protocol and host and nothing more.
 * @throws ServiceError where trying again may help
 * @throws ApplicationFailure of type `Undeliverable` for an answer of 4xx other than 408 and 429
 */
export async function postJson(
  receiver: string,
  address: string,
  body: unknown,
): Promise<void> {
  const url = new URL(address);
  const headers: Record<string, string> = {
    "content-type": "application/json",
  };
  if (url.username !== "" || url.password !== "") {
    // fetch() takes no address with a user or a password in it.
    headers["authorization"] = basicAuthorization(url);
    url.username = "";
    url.password = "";
  }
  const hide = hidingSecretsOf(address);
  // Its cause is left out on purpose: Temporal writes causes and their messages into the history, too.
  const unavailable = (message: string) =>
    new ServiceError(receiver, url.origin, message, undefined);

  const response = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw unavailable(hide(reasonOf(error)));
  });
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const text = await response.text().catch(() => "");
  // Hidden before it is cut: half a token would be known no longer.
  const answer = `${response.status} ${hide(text).slice(0, MAX_ANSWER)}`.trim();
  const { status } = response;
  if (status >= 400 && status < 500 && !PASSING.includes(status))
    throw fatal("Undeliverable", `${receiver} at ${url.origin}: ${answer}`);
  throw unavailable(answer);
}

const basicAuthorization = ({ username, password }: URL) =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`;

/** Why a request failed. fetch() itself says only that it did; its cause says why. */
function reasonOf(error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error
      ? error.cause
      : error;
  if (!(cause instanceof Error)) return String(cause);
  return (
    cause.message || String((cause as NodeJS.ErrnoException).code ?? cause.name)
  );
}

/** Parts of an address that are shorter are words such as `api` or `v2`, no tokens. */
const MIN_SECRET = 6;

/** Takes an address, and every part of it that may be a token, out of a text: it may echo them. */
function hidingSecretsOf(address: string): (text: string) => string {
  const url = new URL(address);
  const parts = [
    url.username,
    url.password,
    basicAuthorization(url).slice("Basic ".length),
    ...url.pathname.split("/"),
    ...[...url.searchParams].flat(),
    url.hash.slice(1),
  ].filter((part) => part.length >= MIN_SECRET);
  const whole = [
    address,
    url.href,
    ...(url.pathname === "/" ? [] : [url.pathname]),
    ...(url.search === "" ? [] : [url.pathname + url.search, url.search]),
  ];
  const secrets = [...whole, ...parts]
    .flatMap((secret) => [secret, decoded(secret), encodeURIComponent(secret)])
    // The longest first, as short ones are parts of them.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "…"), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign of its own: there is nothing to decode.
    return part;
  }
}
