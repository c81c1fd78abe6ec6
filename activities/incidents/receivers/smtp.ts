import { createTransport } from "nodemailer";
import { calling, fatal } from "../../../clients/errors";
import type { Config } from "../../../domain/settings/config";
import { MAX_ANSWER, type Receiver, TIMEOUT_MS } from "./receiver";

/** Sends e-mail. @param password of `settings.user`, if there is one */
export function smtpReceiver(
  settings: NonNullable<Config["alerts"]["smtp"]>,
  password: string | undefined,
): Receiver {
  const { host, port, secure, user, from, to } = settings;
  const address = `${host}:${port}`;
  return (alert) =>
    calling("SMTP", address, async () => {
      const transport = createTransport({
        host,
        port,
        secure,
        connectionTimeout: TIMEOUT_MS,
        ...(user ? { auth: { user, pass: password ?? "" } } : {}),
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
        if (isRefusedForGood(error))
          throw fatal(
            "Undeliverable",
            `SMTP at ${address}: ${error.message.slice(0, MAX_ANSWER)}`,
          );
        throw error;
      } finally {
        transport.close();
      }
    });
}

/** Whether the server's reply code is of 5yz, which RFC 5321 (4.2.1) calls a permanent failure. */
const isRefusedForGood = (error: unknown): error is Error =>
  error instanceof Error &&
  "responseCode" in error &&
  typeof error.responseCode === "number" &&
  error.responseCode >= 500;
