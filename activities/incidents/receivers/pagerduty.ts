import { ApplicationFailure } from "@temporalio/common";
import { fatal, ServiceError } from "../../../clients/errors";
import { secretOf } from "../../../clients/secrets";
import {
  type Alert,
  severityOfAlert,
  titleOf,
} from "../../../domain/incidents/alert";
import {
  ALERT_KINDS,
  endedAlertNames,
} from "../../../domain/incidents/alert-kinds";
import type { PagerdutyService } from "../../../domain/settings/sections/named-receivers";
import { sha256 } from "../../../lib/digest";
import { mapPool } from "../../../lib/map-pool";
import { postJson } from "./post";
import type { WebToken } from "../../../clients/proofs";
import type { Receiver } from "./receiver";

/** PagerDuty refuses longer ones. */
const MAX_SUMMARY = 1024;
const MAX_KEY = 255;
/** So many events are under way at a time: PagerDuty refuses those that come too fast. */
const WIDTH = 4;
/** No event is begun later than this (ms) in an attempt, which is ended after a minute. */
const BEGIN_MS = 40_000;
/** Of so many alerts it is remembered what was taken. */
const MAX_REMEMBERED = 100;

/**
 * Posts to PagerDuty's Events API v2, an event for each topic or service, as each is resolved on its own.
 * @param field of the configuration, for errors
 */
export function pagerdutyReceiver(
  { url, tls, routingKey }: PagerdutyService,
  field: string,
  webToken: WebToken,
): Receiver {
  const failed = (why: string) =>
    new ServiceError("PagerDuty", new URL(url).origin, why, undefined);
  /** What was taken of alerts that are not through: an attempt goes on where the one before was stopped. */
  const taken = new Map<string, Set<string>>();
  return async (alert, scope = "") => {
    let key: string;
    try {
      key = secretOf(routingKey, `${field}.routingKey`);
    } catch (error) {
      throw failed((error as Error).message);
    }
    if (taken.size > MAX_REMEMBERED) taken.clear();
    const done = taken.get(alert.id) ?? new Set<string>();
    taken.set(alert.id, done);
    const begun = Date.now();
    const events = toPagerduty(alert, scope);
    const refusals: ApplicationFailure[] = [];
    const left = events.filter((event) => !done.has(event.dedup_key));
    await mapPool(left, WIDTH, async (event) => {
      if (Date.now() - begun > BEGIN_MS)
        throw failed(
          `${done.size} of ${events.length} events were taken in ${BEGIN_MS / 1000} s`,
        );
      try {
        await postJson(
          { name: "PagerDuty", field },
          { url, tls },
          { routing_key: key, ...event },
          webToken,
        );
        done.add(event.dedup_key);
      } catch (error) {
        // One that is refused for good keeps no other from being told.
        if (!(error instanceof ApplicationFailure)) throw error;
        refusals.push(error);
      }
    });
    taken.delete(alert.id);
    if (refusals.length > 0)
      throw fatal(
        "Undeliverable",
        `${refusals[0]!.message} to ${refusals.length} of ${events.length} events (see ${field}.routingKey)`,
      );
  };
}

/**
 * An alert as events: one for each topic or service and what it begins or ends. What began under a key ends under the same one.
 * @param scope what the names of the pipeline begin with: services and topics of another one may have the same names
 */
export function toPagerduty(alert: Alert, scope: string) {
  const row = ALERT_KINDS[alert.kind];
  if (row.role === "ends")
    return alert.topics.flatMap((subject) =>
      endedAlertNames(alert.kind).map((name) => ({
        event_action: "resolve",
        dedup_key: keyOf(scope, name, subject),
      })),
    );
  return alert.topics.map((subject) => ({
    event_action: "trigger",
    dedup_key: keyOf(scope, row.alertName, subject),
    payload: {
      summary: titleOf(alert.kind, alert.cause, [subject]).slice(
        0,
        MAX_SUMMARY,
      ),
      source: `${scope}${subject}`,
      severity: severityOfAlert(alert),
      timestamp: alert.at,
      component: subject,
      group: alert.cause,
      class: row.alertName,
      custom_details: {
        id: alert.id,
        kind: alert.kind,
        title: alert.title,
        text: lineOf(alert, subject),
      },
    },
    ...(alert.link ? { links: [{ href: alert.link, text: "more" }] } : {}),
  }));
}

/** What PagerDuty knows an incident by, in full wherever it may be as long. */
function keyOf(scope: string, alertName: string, subject: string): string {
  const key = `sisyphus/${scope}${alertName}/${subject}`;
  return key.length <= MAX_KEY ? key : `sisyphus/${alertName}/${sha256(key)}`;
}

/** What an alert's text says of one of its subjects; all of it where that has no line of its own. */
const lineOf = ({ text }: Alert, subject: string): string =>
  text.split("\n").find((line) => line.startsWith(`${subject}: `)) ?? text;
