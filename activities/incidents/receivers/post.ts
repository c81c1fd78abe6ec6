import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { fatal, ServiceError } from "../../../clients/errors";
import { isTlsCode, tlsOptions } from "../../../clients/secrets";
import {
  type ReceiverAddress,
  wholeReceiver,
} from "../../../domain/settings/sections/receiver-address";
import {
  proofHeaders,
  proofsOf,
  type WebToken,
  withoutUser,
} from "../../../clients/proofs";
import { TIMEOUT_MS } from "./receiver";

/** Answers of 4xx that may be others a moment later: the request took too long, or there were too many. */
const PASSING = [408, 429];

/** Answers by which a receiver says that it does not believe, or does not let in, who posts. */
const NOT_LET_IN = [401, 403];

/** A receiver as messages name it, and the field of the configuration that says where it is. */
export type Named = { name: string; field: string };

/**
 * Posts JSON to a receiver. Its address may hold a token that lets anybody write in its holder's name (chat services hand out such
 * addresses), headers may hold others, and an answer may repeat them in any form. So errors carry the receiver's name, protocol and host,
 * the status or the error's code, and the fields to look at, and no text that somebody else has written.
 * Secrets and certificates are read for each delivery, over a connection of its own, so that what was renewed counts for the next one.
 * @throws ServiceError where trying again may help
 * @throws ApplicationFailure of type `Undeliverable` for an answer of 4xx other than 408 and 429, and for a redirect
 */
export async function postJson(
  { name, field }: Named,
  address: ReceiverAddress,
  body: unknown,
  webToken: WebToken,
): Promise<void> {
  const given = wholeReceiver(address);
  const url = withoutUser(given.url);
  const failed = (why: string) =>
    // The cause is left out on purpose: Temporal writes causes and their messages into the history, too.
    new ServiceError(name, url.origin, why, undefined);
  let headers: Record<string, string>;
  let tls: ReturnType<typeof tlsOptions>;
  try {
    headers = {
      "content-type": "application/json",
      ...given.headers,
      ...(await proofHeaders(given, field, webToken)),
    };
    // Each option reads its file when it is looked at.
    tls = { ...tlsOptions(given.tls ?? {}, `${field}.tls`) };
  } catch (error) {
    // A file that is being replaced is not there for a moment. The message names it and its field, and nothing of what is in it.
    throw failed((error as Error).message);
  }
  const status = await statusOf(url, headers, tls, body).catch(
    (error: unknown) => {
      const code = codeOf(error);
      throw failed(isTlsCode(code) ? `${code} (see ${field}.tls)` : code);
    },
  );
  if (status >= 200 && status < 300) return;
  const answered = `${name} at ${url.origin}: answered ${status}`;
  // Most redirects turn a POST into a GET without a body, whose 200 would be taken for a delivery; and secrets are for this address alone.
  if (status >= 300 && status < 400)
    throw fatal(
      "Undeliverable",
      `${answered}; redirects are not followed, give the address that it leads to`,
    );
  if (NOT_LET_IN.includes(status))
    throw fatal("Undeliverable", `${answered} (${proofsOf(given, field)})`);
  if (status >= 400 && status < 500 && !PASSING.includes(status))
    throw fatal("Undeliverable", answered);
  throw failed(`answered ${status}`);
}

/** Posts to an address. @returns the answer's status; the rest of it is not looked at */
function statusOf(
  url: URL,
  headers: Record<string, string>,
  tls: ReturnType<typeof tlsOptions>,
  body: unknown,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers,
      agent: false as const,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    const answered = (answer: IncomingMessage) => {
      // What comes of the body is dropped. The time that is set ends one that does not end.
      answer.on("error", () => undefined).resume();
      resolve(answer.statusCode!);
    };
    const sent =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, ...tls }, answered)
        : httpRequest(url, options, answered);
    sent.on("error", reject);
    // Node closes the connection of who answers so unasked (101), and tells nobody.
    sent.on("upgrade", (answer: IncomingMessage, socket: Duplex) => {
      socket.destroy();
      answered(answer);
    });
    sent.end(JSON.stringify(body));
  });
}

/** Why a request failed, as a code such as `ECONNREFUSED`, or in words of our own. */
function codeOf(error: unknown): string {
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === "AbortError") return `no answer in ${TIMEOUT_MS / 1000} s`;
  return code ?? name;
}
