import type {
  KafkaConfig,
  Mechanism,
  OauthbearerProviderResponse,
} from "kafkajs";
import { z } from "zod";
import type {
  SaslSettings,
  SecuritySettings,
} from "../../domain/settings/sections/security";
import { jsonIn } from "../../lib/json";
import { calling } from "../errors";
import type { Kerberos } from "../kerberos/kerberos";
import { saslByKerberos } from "../kerberos/sasl";
import { isTlsCode, secretOf, tlsOptions } from "../secrets";

export type KafkaSecurity = NonNullable<SecuritySettings["kafka"]>;

const FIELD = "security.kafka";

/**
 * What kafkajs is given to reach brokers as they want it. It takes the options from these objects for each connection, so that a password or
 * a certificate that was renewed counts from the next connection on.
 */
export function kafkaAccess(
  { tls, sasl }: KafkaSecurity,
  kerberos: Kerberos,
): Pick<KafkaConfig, "ssl" | "sasl"> {
  return {
    ...(tls ? { ssl: tlsOptions(tls, `${FIELD}.tls`) } : {}),
    ...(sasl ? { sasl: saslOptions(sasl, kerberos) } : {}),
  };
}

function saslOptions(
  sasl: SaslSettings,
  kerberos: Kerberos,
): NonNullable<KafkaConfig["sasl"]> {
  if (sasl.mechanism === "gssapi")
    return {
      mechanism: "GSSAPI",
      authenticationProvider: byKerberos(kerberos, sasl.service),
    };
  if (sasl.mechanism === "oauthbearer")
    return {
      mechanism: "oauthbearer",
      oauthBearerProvider: reused(() => tokenOf(sasl)),
    };
  const options = { mechanism: sasl.mechanism as "plain", username: sasl.user };
  // Not enumerable: it must not be seen where options are printed.
  return Object.defineProperty(options, "password", {
    get: () => secretOf(sasl.password, `${FIELD}.sasl.password`),
  }) as typeof options & { password: string };
}

/** Tokens of GSSAPI as brokers frame them: their length (int32), then the bytes. */
const byKerberos =
  (kerberos: Kerberos, service: string): Mechanism["authenticationProvider"] =>
  ({ host, saslAuthenticate }) => ({
    authenticate: () =>
      saslByKerberos(kerberos, { service, host }, async (token) => {
        const answer = await saslAuthenticate<Buffer>({
          request: {
            encode: () => {
              const framed = Buffer.alloc(4 + token.length);
              framed.writeInt32BE(token.length);
              token.copy(framed, 4);
              return framed;
            },
          },
          response: { decode: (bytes) => bytes.subarray(4), parse: (b) => b },
        });
        return answer ?? Buffer.alloc(0);
      }),
  });

type Token = OauthbearerProviderResponse & { seconds: number };

/** A token is used for so long at most, so that one that was revoked does not last. */
const MAX_TOKEN_MS = 5 * 60_000;
const TOKEN_MARGIN_MS = 30_000;

/** Asks once for all connections that need a token now, and again when it is about to end. */
function reused(
  ask: () => Promise<Token>,
): () => Promise<OauthbearerProviderResponse> {
  let current: { token: Promise<Token>; until: number } | undefined;
  return () => {
    if (current && Date.now() < current.until) return current.token;
    const asked = { token: ask(), until: Date.now() + MAX_TOKEN_MS };
    current = asked;
    asked.token.then(
      ({ seconds }) => {
        const lasts = seconds * 1000 - TOKEN_MARGIN_MS;
        asked.until = Math.min(asked.until, Date.now() + lasts);
      },
      () => {
        if (current === asked) current = undefined;
      },
    );
    return asked.token;
  };
}

/** What a token endpoint answers (RFC 6749, section 5.1); the field that is used. */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(60),
});
/** Why none is given (RFC 6749, section 5.2); nothing else of such an answer is repeated. */
const tokenRefusal = z.object({
  error: z.enum([
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
  ]),
});
const TOKEN_TIMEOUT_MS = 5000;

/** Asks for a token with the client's own credentials (RFC 6749, section 4.4). @throws ServiceError; its message never has the answer's text */
function tokenOf({
  tokenEndpoint,
  clientId,
  clientSecret,
  scope,
}: Extract<SaslSettings, { mechanism: "oauthbearer" }>): Promise<Token> {
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
    const told = jsonIn(await answer.text());
    if (!answer.ok) {
      const refusal = tokenRefusal.safeParse(told).data?.error;
      throw new Error(
        `${[answer.status, refusal].filter(Boolean).join(" ")} for the client ${clientId}`,
      );
    }
    const token = tokenAnswer.safeParse(told).data;
    if (!token)
      throw new Error(`${answer.status} without a token for ${clientId}`);
    return { value: token.access_token, seconds: token.expires_in };
  });
}

type Told = { name: string; message: string; code: string; type: string };

/** An error and what caused it, the outermost first; what is no error tells nothing. */
function* chainOf(error: unknown): Generator<Told> {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, type } = each as { code?: unknown; type?: unknown };
    yield {
      name: each.name,
      message: each.message,
      code: typeof code === "string" ? code : "",
      type: typeof type === "string" ? type : "",
    };
  }
}

/**
 * What an operator can do about an error of reaching brokers: who asked, and which field says so. Undefined where the error is about something
 * else. It goes by names and codes: a message may hold the name of a topic.
 * @param hasWorked whether these brokers have answered before: then a connection that ends is no wrong listener
 */
export function adviceOn(
  error: unknown,
  { tls, sasl }: KafkaSecurity = {},
  hasWorked = false,
): string | undefined {
  const chain = [...chainOf(error)];
  const isClosed = chain.some(
    ({ message, code }) =>
      message.endsWith("Closed connection") || code === "ECONNRESET",
  );
  if (isClosed)
    return hasWorked
      ? undefined
      : `asked ${tls ? "over TLS" : "in plain"} and ${sasl ? `as ${identityOf(sasl)}` : "as nobody"}: a listener that wants something else closes the connection; see ${FIELD}`;
  if (chain.some(({ name }) => name === "KafkaJSSASLAuthenticationError"))
    return sasl
      ? `asked as ${identityOf(sasl)} by ${sasl.mechanism}: see ${FIELD}.sasl`
      : `nobody was named: see ${FIELD}.sasl`;
  if (tls && chain.some(({ code }) => isTlsCode(code)))
    return `asked over TLS: see ${FIELD}.tls`;
  if (chain.some(({ type }) => type.endsWith("_AUTHORIZATION_FAILED")))
    return `asked as ${sasl ? identityOf(sasl) : "whom the connection says"}: docs/permissions.md has the rights that are needed`;
  return undefined;
}

function identityOf(sasl: SaslSettings): string {
  if (sasl.mechanism === "oauthbearer") return sasl.clientId;
  return sasl.mechanism === "gssapi"
    ? "whom security.kerberos says"
    : sasl.user;
}
