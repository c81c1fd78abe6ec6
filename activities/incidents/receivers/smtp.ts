import { createTransport } from "nodemailer";
import { fatal, ServiceError } from "../../../clients/errors";
import {
  isTlsCode,
  secretOf,
  tlsOptions,
  withoutSecrets,
} from "../../../clients/secrets";
import { severityOfAlert } from "../../../domain/incidents/alert";
import type { Config } from "../../../domain/settings/config";
import { within } from "../../../lib/within";
import { MAX_ANSWER, type Receiver, TIMEOUT_MS } from "./receiver";

const FIELD = "alerts.smtp";

/**
 * So long (ms) a whole mail may take: several answers, of which a server may hold back some on purpose. It is less than the activity has, whose
 * end would tell nothing of the server.
 */
const MAIL_MS = 50_000;

/**
 * Sends e-mail. Secrets and certificates are read for each mail. A server may repeat in any answer what it was sent: errors have its words
 * without our secrets, and no cause, which Temporal writes into the history too.
 * @param password of `settings.user`, where `settings.password` names none
 * @param mailMs how long a mail may take
 */
export function smtpReceiver(
  settings: NonNullable<Config["alerts"]["smtp"]>,
  password: string | undefined,
  mailMs = MAIL_MS,
): Receiver {
  const { host, port, secure, user, tls, from, to } = settings;
  const address = `${host}:${port}`;
  return async (alert) => {
    const secrets: string[] = [];
    const known = (secret: string) => {
      secrets.push(secret);
      return secret;
    };
    try {
      // Each option of TLS reads its file when it is looked at.
      const files = tls ? { ...tlsOptions(tls, `${FIELD}.tls`) } : undefined;
      if (typeof files?.passphrase === "string") known(files.passphrase);
      const transport = createTransport({
        host,
        port,
        secure,
        connectionTimeout: TIMEOUT_MS,
        // A connection that nobody waits for any more ends by these.
        greetingTimeout: mailMs,
        socketTimeout: mailMs,
        // Who names an authority wants no mail to go where it was not asked for.
        ...(files ? { requireTLS: !secure, tls: files } : {}),
        ...(user
          ? {
              auth: {
                user,
                pass: known(
                  settings.password
                    ? secretOf(settings.password, `${FIELD}.password`)
                    : (password ?? ""),
                ),
              },
            }
          : {}),
      });
      const sent = transport.sendMail({
        from,
        to,
        subject: `[sisyphus] ${severityOfAlert(alert)}: ${alert.title}`,
        messageId: `<${alert.id}@sisyphus>`,
        text: `${alert.text}\n${alert.link ? `\n${alert.link}\n` : ""}`,
      });
      await within(
        sent,
        mailMs,
        () => new Error(`the mail was not taken in ${mailMs / 1000} s`),
      ).finally(() => transport.close());
    } catch (error) {
      const reason = reasonOf(error, user, secrets);
      if (isRefusedForGood(error))
        throw fatal("Undeliverable", `SMTP at ${address}: ${reason}`);
      throw new ServiceError("SMTP", address, reason, undefined);
    }
  };
}

/** What nodemailer says beside a message; `originalCode` is that of the connection. */
type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  responseCode?: number;
};

/** Why a mail did not go, with the field to look at where it is a matter of who asks and whom. */
function reasonOf(
  error: unknown,
  user = "",
  secrets: readonly string[],
): string {
  const { code, originalCode, responseCode, message } = error as SmtpError;
  if (code === "EAUTH") {
    const told = responseCode === undefined ? "" : ` (${responseCode})`;
    return `does not let in ${user}${told}: see ${FIELD}.user and ${FIELD}.password`;
  }
  const words = withoutSecrets(message, secrets).slice(0, MAX_ANSWER);
  return code === "ETLS" || isTlsCode(originalCode ?? "")
    ? `${words} (see ${FIELD}.tls)`
    : words;
}

/** Whether the server's reply code is of 5yz, which RFC 5321 (4.2.1) calls a permanent failure. */
const isRefusedForGood = (error: unknown): error is Error =>
  error instanceof Error &&
  "responseCode" in error &&
  typeof error.responseCode === "number" &&
  error.responseCode >= 500;
