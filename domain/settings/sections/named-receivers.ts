import { z } from "zod";
import { httpAddress } from "../fields";
import { hearing } from "./hearing";
import { isLoopback } from "./receiver-address";
import { secret, wholeTls } from "./security";

/** Receivers of which there may be several of a kind: a channel or a service for each team. */

const receiverName = z
  .string()
  .regex(/^[\w-]+$/, "a receiver's name: letters, digits, - and _")
  .meta({ format: "name" });

const tls = wholeTls
  .optional()
  .describe(
    "How the receiver is known, and how it knows who posts; without it by Node's own list of authorities.",
  );

const slackChannel = z.strictObject({
  url: secret.describe(
    "The address of an incoming webhook. It is a secret: whoever has it can write in the channel.",
  ),
  tls,
  ...hearing,
});
export type SlackChannel = z.infer<typeof slackChannel>;

export const slack = z
  .record(receiverName, slackChannel)
  .optional()
  .describe(
    "Channels of Slack, by a name; as receivers they are called `slack.NAME`.",
  );

const pagerdutyService = z
  .strictObject({
    routingKey: secret.describe(
      "The integration key of a service's Events API v2.",
    ),
    url: httpAddress
      .default("https://events.pagerduty.com/v2/enqueue")
      .describe(
        "Where events are posted to; in the EU `https://events.eu.pagerduty.com/v2/enqueue`.",
      ),
    tls,
    ...hearing,
  })
  .superRefine(({ url, tls: given }, context) => {
    if (!URL.canParse(url)) return;
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const to = new URL(url);
    if (to.username !== "" || to.password !== "")
      wrong("url", "an address alone: who posts is told by `routingKey`");
    if (to.protocol === "http:" && !isLoopback(to))
      wrong(
        "url",
        "https, as the routing key is sent there: http is for this host alone (localhost, 127.0.0.1, [::1])",
      );
    if (given && to.protocol === "http:")
      wrong("tls", "the address is not https");
  });
export type PagerdutyService = z.infer<typeof pagerdutyService>;

export const pagerduty = z
  .record(receiverName, pagerdutyService)
  .optional()
  .describe(
    "Services of PagerDuty, by a name; as receivers they are called `pagerduty.NAME`.",
  );
