import { createTransport } from "nodemailer";
import { calling, fatal, ServiceError } from "../../../clients/errors";
import { isTlsCode, secretOf, tlsOptions } from "../../../clients/secrets";
import type { Alert } from "../../../domain/incidents/alert";
import type { Config } from "../../../domain/settings/config";
import { MAX_ANSWER, type Receiver, TIMEOUT_MS } from "./receiver";

const FIELD = "alerts.smtp";

/**
 * Sends e-mail. Secrets and certificates are read for each mail.
 * @param password of `settings.user`, where `settings.password` names none
 */
export function smtpReceiver(
  settings: NonNullable<Config["alerts"]["smtp"]>,
  password: string | undefined,
): Receiver {
  const { host, port, secure, user, tls, from, to } = settings;
  const address = `${host}:${port}`;
  const send = async (alert: Alert) => {
    const transport = createTransport({
      host,
      port,
      secure,
      connectionTimeout: TIMEOUT_MS,
      // Each option of TLS reads its file when it is looked at. Who names an authority wants no mail to go where it was not asked for.
      ...(tls
        ? { requireTLS: !secure, tls: { ...tlsOptions(tls, `${FIELD}.tls`) } }
        : {}),
      ...(user
        ? {
            auth: {
              user,
              pass: settings.password
                ? secretOf(settings.password, `${FIELD}.password`)
                : (password ?? ""),
            },
          }
        : {}),
    });
    try {
      await transport.sendMail({
        from,
        to,
        subject: `[sisyphus] ${alert.level}: ${alert.title}`,
        messageId: `<${alert.id}@sisyphus>`,
        text: `${alert.text}\n${alert.link ? `\n${alert.link}\n` : ""}`,
      });
    } catch (error) {
      const reason = reasonOf(error, user);
      if (isRefusedForGood(error))
        throw fatal(
          "Undeliverable",
          `SMTP at ${address}: ${reason ?? error.message.slice(0, MAX_ANSWER)}`,
        );
      // Without its cause, which would be told as well.
      if (reason !== undefined)
        throw new ServiceError("SMTP", address, reason, undefined);
      throw error;
    } finally {
      transport.close();
    }
  };
  return (alert) => calling("SMTP", address, () => send(alert));
}

/** What nodemailer says beside a message; `originalCode` is that of the connection. */
type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  responseCode?: number;
};

/**
 * Why a mail did not go, with the field to look at; undefined where it is no matter of who asks and whom. What a server answers to a password
 * is not repeated, as it may have the password in it.
 */
function reasonOf(error: unknown, user = ""): string | undefined {
  const { code, originalCode, responseCode, message } = error as SmtpError;
  if (code === "EAUTH") {
    const told = responseCode === undefined ? "" : ` (${responseCode})`;
    return `does not let in ${user}${told}: see ${FIELD}.user and ${FIELD}.password`;
  }
  if (code === "ETLS" || isTlsCode(originalCode ?? ""))
    return `${message.slice(0, MAX_ANSWER)} (see ${FIELD}.tls)`;
  return undefined;
}

/** Whether the server's reply code is of 5yz, which RFC 5321 (4.2.1) calls a permanent failure. */
const isRefusedForGood = (error: unknown): error is Error =>
  error instanceof Error &&
  "responseCode" in error &&
  typeof error.responseCode === "number" &&
  error.responseCode >= 500;
