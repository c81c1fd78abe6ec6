import { type Alert, severityOfAlert } from "../../../domain/incidents/alert";
import {
  ALERT_KINDS,
  endedAlertNames,
} from "../../../domain/incidents/alert-kinds";
import {
  type ReceiverAddress,
  wholeReceiver,
} from "../../../domain/settings/sections/receiver-address";
import { instant } from "../../../lib/time";
import { postJson } from "./post";
import type { WebToken } from "../../../clients/proofs";
import type { Receiver } from "./receiver";

const ALERTMANAGER = { name: "Alertmanager", field: "alerts.alertmanager" };

/** Posts to Alertmanager's API v2. @param address its base address, without `/api` */
export function alertmanagerReceiver(
  address: ReceiverAddress,
  webToken: WebToken,
): Receiver {
  const given = wholeReceiver(address);
  const endpoint = {
    ...given,
    url: `${given.url.replace(/\/$/, "")}/api/v2/alerts`,
  };
  return (alert) =>
    postJson(ALERTMANAGER, endpoint, toAlertmanager(alert), webToken);
}

/**
 * An alert as the body of `POST /api/v2/alerts` (Alertmanager's OpenAPI, `postableAlerts`): one for each subject,
 * as Alertmanager groups by labels itself. It knows an alert by its labels alone, so an end has the labels of what
 * it ends. An end of something that never began does no harm: Alertmanager notifies nobody of it.
 */
export function toAlertmanager(alert: Alert) {
  const row = ALERT_KINDS[alert.kind];
  const names =
    row.role === "begins" ? [row.alertName] : endedAlertNames(alert.kind);
  const span =
    row.role === "begins"
      ? {
          startsAt: alert.at,
          endsAt: instant(Date.parse(alert.at) + row.lapsesAfterMs),
        }
      : { endsAt: alert.at };
  return alert.topics.flatMap((subject) =>
    names.map((alertname) => ({
      labels: { alertname, subject, service: "sisyphus" },
      annotations: {
        summary: alert.title,
        description: alert.text,
        cause: alert.cause,
        severity: severityOfAlert(alert),
      },
      ...span,
      ...(alert.link ? { generatorURL: alert.link } : {}),
    })),
  );
}
