import { ServiceError } from "../../../clients/errors";
import { secretOf } from "../../../clients/secrets";
import { type Alert, severityOfAlert } from "../../../domain/incidents/alert";
import { isLoopback } from "../../../domain/settings/sections/receiver-address";
import type { SlackChannel } from "../../../domain/settings/sections/named-receivers";
import { postJson } from "./post";
import type { WebToken } from "../../../clients/proofs";
import type { Receiver } from "./receiver";

/** Slack refuses a section of more than 3,000 characters. */
const MAX_SECTION = 2900;

/** Posts to an incoming webhook of Slack. @param field of the configuration, for errors */
export function slackReceiver(
  { url, tls }: SlackChannel,
  field: string,
  webToken: WebToken,
): Receiver {
  return async (alert) =>
    postJson(
      { name: "Slack", field },
      { url: addressOf(url, `${field}.url`), tls },
      toSlack(alert),
      webToken,
    );
}

/** @throws ServiceError without a word of the address: its file may be mended */
function addressOf(secret: SlackChannel["url"], field: string): string {
  const wrong = (why: string) =>
    new ServiceError("Slack", "its webhook", why, undefined);
  let address: string;
  try {
    address = secretOf(secret, field);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (!URL.canParse(address))
    throw wrong(`${field}: what is there is no address`);
  const url = new URL(address);
  const isSafe = url.protocol === "http:" && isLoopback(url);
  if (url.protocol !== "https:" && !isSafe)
    throw wrong(
      `${field}: what is there is no https address; http is for this host alone`,
    );
  return address;
}

/** A text as mrkdwn shows it: these three are all that Slack wants escaped. */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An alert as the body of an incoming webhook: `text` is what notifications show. */
export function toSlack(alert: Alert) {
  const { title, text, cause, kind, link } = alert;
  const head = `${severityOfAlert(alert)}: ${title}`;
  const said = [
    kind,
    `cause: ${escaped(cause)}`,
    ...(link ? [`<${escaped(link)}|more>`] : []),
  ];
  const block = (mrkdwn: string) => ({
    type: "section",
    text: { type: "mrkdwn", text: mrkdwn },
  });
  return {
    text: withinLimit(head),
    blocks: [
      block(`*${withinLimit(head)}*`),
      ...(text === "" ? [] : [block(withinLimit(text))]),
      {
        type: "context",
        elements: [{ type: "mrkdwn", text: said.join(" · ") }],
      },
    ],
  };
}

/** A text, escaped, up to so many characters: it is cut before it is escaped, as half an escape is refused. */
function withinLimit(text: string): string {
  if (escaped(text).length <= MAX_SECTION) return escaped(text);
  let kept = "";
  for (const character of text) {
    const longer = kept + escaped(character);
    if (longer.length > MAX_SECTION) break;
    kept = longer;
  }
  return `${kept}…`;
}
