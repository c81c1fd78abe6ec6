import type { HadoopSecurity } from "../domain/settings/sections/security";
import {
  type Answer,
  type AnswerInPieces,
  type Ask,
  type Exchange,
  exchange,
  exchangeInPieces,
} from "./http-exchange";
import { Explained } from "./errors";
import { TlsAgents } from "./http-ways";
import type { Kerberos } from "./kerberos/kerberos";
import { Negotiate } from "./kerberos/negotiate";
import { isTlsCode, tlsOptions } from "./secrets";

/** How the services of Hadoop are asked over HTTP. */
export type HadoopAccess = {
  exchange: Exchange;
  exchangeInPieces: (ask: Ask) => Promise<AnswerInPieces>;
  /** Whether services learn from the connection who asks, so that no address names a user. */
  isProven: boolean;
};

const FIELD = "security.hadoop";
const UNAUTHORIZED = 401;

/** As clusters are asked that are open to whoever reaches them. */
export const OPEN_ACCESS: HadoopAccess = {
  exchange: explained(exchange),
  exchangeInPieces: explained(exchangeInPieces),
  isProven: false,
};

/** @param kerberos who Sisyphus is, where it has to prove that */
export function hadoopAccess(
  { tls, kerberos: isProven }: HadoopSecurity,
  kerberos: Kerberos,
): HadoopAccess {
  const agents = tls && new TlsAgents(() => tlsOptions(tls, `${FIELD}.tls`));
  const negotiate = isProven ? new Negotiate(kerberos) : undefined;
  const through = <A extends Answer>(send: (ask: Ask) => Promise<A>) => {
    const secured = explained((ask: Ask) =>
      send(agents ? { ...ask, tls: agents } : ask),
    );
    return negotiate ? negotiate.over(secured) : secured;
  };
  return {
    exchange: through(exchange),
    exchangeInPieces: through(exchangeInPieces),
    isProven,
  };
}

/** Says what an operator can do where a service is not believed, or wants to know who asks. */
function explained<A extends Answer>(
  send: (ask: Ask) => Promise<A>,
): (ask: Ask) => Promise<A> {
  return async (ask) => {
    let answer: A;
    try {
      answer = await send(ask);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (!isTlsCode(code)) throw error;
      throw Object.assign(
        new Explained(`${message} (asked over TLS: see ${FIELD}.tls)`, {
          cause: error,
        }),
        { code },
      );
    }
    const wants = answer.headers.get("www-authenticate") ?? "";
    if (
      answer.status === UNAUTHORIZED &&
      /\bNegotiate\b/i.test(wants) &&
      ask.headers?.["authorization"] === undefined &&
      ask.headers?.["cookie"] === undefined
    )
      throw new Error(
        `${ask.url.origin} wants to know who asks (401, Negotiate): see ${FIELD}.kerberos`,
      );
    return answer;
  };
}
