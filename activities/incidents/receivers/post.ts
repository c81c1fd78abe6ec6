import { fatal, ServiceError } from "../../../clients/errors";
import { TIMEOUT_MS } from "./receiver";

/** Answers of 4xx that may be others a moment later: the request took too long, or there were too many. */
const PASSING = [408, 429];

/**
 * Posts JSON to a receiver's address. The address may hold a token that lets anybody write in its holder's name
 * (chat services hand out such addresses), and an answer may repeat it in any form. So errors carry the receiver's
 * name, protocol and host, and the status or the error's code, and no text that somebody else has written.
 * @throws ServiceError where trying again may help
 * @throws ApplicationFailure of type `Undeliverable` for an answer of 4xx other than 408 and 429, and for a redirect
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
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
    // Most redirects turn a POST into a GET without a body, whose 200 would be taken for a delivery.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    // The cause is left out on purpose: Temporal writes causes and their messages into the history, too.
    throw new ServiceError(receiver, url.origin, codeOf(error), undefined);
  });
  await response.body?.cancel();
  if (response.ok) return;
  const { status } = response;
  const answered = `${receiver} at ${url.origin}: answered ${status}`;
  if (status >= 300 && status < 400)
    throw fatal(
      "Undeliverable",
      `${answered}; redirects are not followed, give the address that it leads to`,
    );
  if (status >= 400 && status < 500 && !PASSING.includes(status))
    throw fatal("Undeliverable", answered);
  throw new ServiceError(receiver, url.origin, `answered ${status}`, undefined);
}

const basicAuthorization = ({ username, password }: URL) =>
  `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}`;

/** A part of an address as its owner knows it; a percent sign of its own stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Why a request failed, as a code such as `ECONNREFUSED`. fetch() itself says only that it did; its cause says why. */
function codeOf(error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error
      ? error.cause
      : error;
  return cause instanceof Error
    ? ((cause as NodeJS.ErrnoException).code ?? cause.name)
    : "the request failed";
}
