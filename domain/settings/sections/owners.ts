import { z } from "zod";
import { regexText, wholeMatch } from "../regex-text";

const owner = z.strictObject({
  name: z
    .string()
    .regex(/^\S(?:.{0,98}\S)?$/, "a name of 1 to 100 characters, in one line")
    .describe("Who looks after the topics, as alerts and incidents name them."),
  topics: regexText(wholeMatch)
    .min(1)
    .describe("Regex of the whole names of the owner's topics."),
  receivers: z
    .array(z.string())
    .min(1)
    .describe(
      "The receivers that hear of these topics, such as `webhook` or `slack.NAME`.",
    ),
});
export type Owner = z.infer<typeof owner>;

export const owners = z
  .array(owner)
  .default([])
  .describe(
    "Who looks after which topics. The first whose `topics` matches a topic owns it; of topics without an owner `alerts.defaultReceivers` hear.",
  );

/** Who owns a topic; undefined where nobody does. */
export const ownerOf = (
  topic: string,
  all: readonly Owner[],
): string | undefined =>
  all.find(({ topics }) => wholeMatch(topics).test(topic))?.name;
