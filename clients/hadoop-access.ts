import type { HadoopSecurity } from "../domain/settings/sections/security";
import { Explained } from "./errors";
import {
  type Answer,
  type AnswerInPieces,
  type Ask,
  type Exchange,
  exchange,
  exchangeInPieces,
} from "./http-exchange";
import { TlsAgents } from "./http-ways";
import type { Kerberos } from "./kerberos/kerberos";
import { Negotiate, wantsProof } from "./kerberos/negotiate";
import { isNotBelieved, isTlsCode, tlsOptions } from "./secrets";

/** How the services of Hadoop are asked over HTTP. */
export type HadoopAccess = {
  exchange: Exchange;
  exchangeInPieces: (ask: Ask) => Promise<AnswerInPieces>;
  /** Whether who asks is proven by Kerberos, so that addresses of HDFS name no user. */
  byKerberos: boolean;
};

const FIELD = "security.hadoop";

/** As clusters are asked that are open to whoever reaches them. */
export const OPEN_ACCESS: HadoopAccess = {
  exchange: asNobody(trusting(exchange)),
  exchangeInPieces: asNobody(trusting(exchangeInPieces)),
  byKerberos: false,
};

/** @param identity who Sisyphus is, where it has to prove that */
export function hadoopAccess(
  { tls, kerberos: byKerberos }: HadoopSecurity,
  identity: Kerberos,
): HadoopAccess {
  const agents = tls && new TlsAgents(() => tlsOptions(tls, `${FIELD}.tls`));
  const negotiate = byKerberos ? new Negotiate(identity) : undefined;
  const through = <A extends Answer>(send: (ask: Ask) => Promise<A>) => {
    const trusted = trusting((ask: Ask) =>
      send(agents ? { ...ask, tls: agents } : ask),
    );
    return negotiate ? negotiate.over(named(trusted)) : asNobody(trusted);
  };
  return {
    exchange: through(exchange),
    exchangeInPieces: through(exchangeInPieces),
    byKerberos,
  };
}

/** Says what an operator can do where a service is not believed, or does not believe us. */
function trusting<A extends Answer>(
  send: (ask: Ask) => Promise<A>,
): (ask: Ask) => Promise<A> {
  return async (ask) => {
    try {
      return await send(ask);
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (!isTlsCode(code)) throw error;
      const told = `${message} (asked over TLS: see ${FIELD}.tls)`;
      if (isNotBelieved(code))
        throw Object.assign(new Explained(told, { cause: error }), { code });
      // It may have done what it was asked: nobody else is.
      throw Object.assign(error as Error, { message: told });
    }
  };
}

/** Says what an operator can do where a service wants to know who asks. */
function asNobody<A extends Answer>(
  send: (ask: Ask) => Promise<A>,
): (ask: Ask) => Promise<A> {
  return async (ask) => {
    const answer = await send(ask);
    if (!wantsProof(answer)) return answer;
    throw new Error(
      `${ask.url.origin} wants to know who asks (401, Negotiate): see ${FIELD}.kerberos`,
    );
  };
}

/** By which hadoop-auth's simple authentication says that it was told no name: a header, and a text in older ones. */
const wantsName = ({ status, headers, body }: Answer): boolean =>
  (status === 401 || status === 403) &&
  (/\bPseudoAuth\b/i.test(headers.get("www-authenticate") ?? "") ||
    body.includes("Anonymous requests are disallowed"));

/** Says what an operator can do where a service takes a name alone, as an HttpFS may in a cluster with Kerberos: nobody is named then. */
function named<A extends Answer>(
  send: (ask: Ask) => Promise<A>,
): (ask: Ask) => Promise<A> {
  return async (ask) => {
    const answer = await send(ask);
    if (wantsProof(answer) || !wantsName(answer)) return answer;
    throw new Explained(
      `${ask.url.origin} asks for a user's name, and for no proof by Kerberos: ${FIELD}.kerberos: false has it told hdfs.user, also where cluster.hadoopConf says kerberos`,
    );
  };
}
