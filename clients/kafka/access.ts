import type { KafkaConfig, OauthbearerProviderResponse } from "kafkajs";
import { z } from "zod";
import type {
  SaslSettings,
  SecuritySettings,
} from "../../domain/settings/sections/security";
import { calling } from "../errors";
import { secretOf, tlsOptions } from "../secrets";

export type KafkaSecurity = NonNullable<SecuritySettings["kafka"]>;

const FIELD = "security.kafka";

/**
 * What kafkajs is given to reach brokers as they want it. It takes the options from these objects for each connection, so that a password or
 * a certificate that was renewed counts from the next connection on.
 */
export function kafkaAccess({
  tls,
  sasl,
}: KafkaSecurity): Pick<KafkaConfig, "ssl" | "sasl"> {
  return {
    ...(tls ? { ssl: tlsOptions(tls, `${FIELD}.tls`) } : {}),
    ...(sasl ? { sasl: saslOptions(sasl) } : {}),
  };
}

function saslOptions(sasl: SaslSettings): NonNullable<KafkaConfig["sasl"]> {
  if (sasl.mechanism === "oauthbearer")
    return {
      mechanism: "oauthbearer",
      oauthBearerProvider: () => tokenOf(sasl),
    };
  return {
    mechanism: sasl.mechanism as "plain",
    username: sasl.user,
    get password() {
      return secretOf(sasl.password, `${FIELD}.sasl.password`);
    },
  };
}

/** What a token endpoint answers (RFC 6749, section 5.1); the field that is used. */
const tokenAnswer = z.object({ access_token: z.string().min(1) });
const TOKEN_TIMEOUT_MS = 10_000;

/** Asks for a token with the client's own credentials (RFC 6749, section 4.4). @throws ServiceError; its message never has the answer's text */
function tokenOf({
  tokenEndpoint,
  clientId,
  clientSecret,
  scope,
}: Extract<
  SaslSettings,
  { mechanism: "oauthbearer" }
>): Promise<OauthbearerProviderResponse> {
  return calling("token endpoint", tokenEndpoint, async () => {
    const secret = secretOf(clientSecret, `${FIELD}.sasl.clientSecret`);
    const credentials = [clientId, secret].map(encodeURIComponent).join(":");
    const answer = await fetch(tokenEndpoint, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
        accept: "application/json",
      },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        ...(scope === undefined ? {} : { scope }),
      }),
      redirect: "error",
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    if (!answer.ok)
      throw new Error(`${answer.status} for the client ${clientId}`);
    const token = tokenAnswer.safeParse(await answer.json().catch(() => null));
    if (!token.success)
      throw new Error(`${answer.status} without a token for ${clientId}`);
    return { value: token.data.access_token };
  });
}

/** Errors of TLS by their codes: the broker's certificate is not believed, or ours is not. */
const TLS_CODE =
  /CERT|ERR_SSL|ERR_TLS|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ALERT|EPROTO/;

/** All that an error says of itself and of what caused it; kafkajs keeps the socket's error in its own message only. */
function textOf(error: unknown): string {
  const { name, message, code, cause } = error as NodeJS.ErrnoException;
  return [name, code, message, cause ? textOf(cause) : ""].join(" ");
}

/**
 * What an operator can do about an error of reaching brokers: who asked, and which field says so. Undefined where the error is about something
 * else.
 */
export function adviceOn(
  error: unknown,
  { tls, sasl }: KafkaSecurity = {},
): string | undefined {
  const text = textOf(error);
  if (/SASLAuthentication|SASL/.test(text))
    return sasl
      ? `asked as ${identityOf(sasl)} by ${sasl.mechanism}: see ${FIELD}.sasl`
      : `nobody was named: see ${FIELD}.sasl`;
  if (tls && (TLS_CODE.test(text) || /self.signed|certificate/i.test(text)))
    return `asked over TLS: see ${FIELD}.tls`;
  if (/Closed connection|ECONNRESET/.test(text))
    return `asked ${tls ? "over TLS" : "in plain"} and ${sasl ? `as ${identityOf(sasl)}` : "as nobody"}: a listener that wants something else closes the connection; see ${FIELD}`;
  if (/AUTHORIZATION_FAILED|not authorized/i.test(text))
    return sasl
      ? `asked as ${identityOf(sasl)}: docs/permissions.md has the rights that are needed`
      : "docs/permissions.md has the rights that are needed";
  return undefined;
}

const identityOf = (sasl: SaslSettings): string =>
  sasl.mechanism === "oauthbearer" ? sasl.clientId : sasl.user;
