import { createTransport } from "nodemailer";
import type { Alert } from "../../../domain/incidents/alert";
import type { Config } from "../../../domain/settings/config";
import { calling, fatal } from "../../../clients/errors";
import { DAY_MS } from "../../../lib/hour";

const TIMEOUT_MS = 10_000;

async function post(
  service: string,
  url: string,
  body: unknown,
): Promise<void> {
  await calling(service, url, async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok)
      throw new Error(
        `${response.status} ${(await response.text()).slice(0, 200)}`,
      );
    await response.body?.cancel();
  });
}

/** Alertmanager groups by label itself: an alert a topic, ended by the same labels with an end time. */
function toAlertmanager(alert: Alert) {
  const ended = alert.kind === "whole" || alert.kind === "back";
  return alert.topics.map((subject) => ({
    labels: {
      alertname:
        alert.kind === "outage" || alert.kind === "back"
          ? "SisyphusServiceDown"
          : alert.kind === "headroom"
            ? "SisyphusLowHeadroom"
            : "SisyphusTopicBroken",
      subject,
      service: "sisyphus",
    },
    annotations: {
      summary: alert.title,
      description: alert.text,
      cause: alert.cause,
      severity: alert.level,
    },
    startsAt: ended ? undefined : alert.at,
    endsAt: ended
      ? alert.at
      : new Date(Date.parse(alert.at) + 7 * DAY_MS).toISOString(),
    ...(alert.link ? { generatorURL: alert.link } : {}),
  }));
}

/** The configured receivers by name, each a way to deliver one alert. */
export function receivers(
  { alerts }: Config,
  smtpPassword: string | undefined,
): Record<string, (alert: Alert) => Promise<void>> {
  const { webhook, alertmanager, smtp } = alerts;
  return {
    ...(webhook ? { webhook: (alert) => post("webhook", webhook, alert) } : {}),
    ...(alertmanager
      ? {
          alertmanager: (alert) =>
            post(
              "Alertmanager",
              `${alertmanager.replace(/\/$/, "")}/api/v2/alerts`,
              toAlertmanager(alert),
            ),
        }
      : {}),
    ...(smtp
      ? {
          smtp: (alert) =>
            calling("SMTP", `${smtp.host}:${smtp.port}`, async () => {
              const transport = createTransport({
                host: smtp.host,
                port: smtp.port,
                secure: smtp.secure,
                connectionTimeout: TIMEOUT_MS,
                ...(smtp.user
                  ? { auth: { user: smtp.user, pass: smtpPassword ?? "" } }
                  : {}),
              });
              await transport.sendMail({
                from: smtp.from,
                to: smtp.to,
                subject: `[sisyphus] ${alert.level}: ${alert.title}`,
                messageId: `<${alert.id}@sisyphus>`,
                text: `${alert.text}\n${alert.link ? `\n${alert.link}\n` : ""}`,
              });
              transport.close();
            }),
        }
      : {}),
  };
}

export function unknownReceiver(name: string): never {
  throw fatal("InvalidInput", `alerts.${name} is not configured any more`);
}
