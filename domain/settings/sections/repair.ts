import { z } from "zod";
import { hour } from "../hour-text";
import { regexText, wholeMatch } from "../regex-text";

const untouchable = z
  .strictObject({
    topics: regexText(wholeMatch)
      .min(1)
      .describe("Regex of the whole names of the topics."),
    since: hour
      .optional()
      .describe("The first hour; without it there is no first."),
    until: hour
      .optional()
      .describe("The hour after the last; without it there is no last."),
    reason: z
      .string()
      .trim()
      .min(1)
      .describe("Why, for whoever reads a plan that leaves them out."),
  })
  .refine(
    ({ since, until }) =>
      since === undefined || until === undefined || since < until,
    { path: ["until"], error: "must be later than since" },
  );
export type Untouchable = z.infer<typeof untouchable>;

// Optional, not filled in: a configuration without it keeps the digest that running sagas go by.
export const repair = z
  .strictObject({
    neverTouch: z
      .array(untouchable)
      .default([])
      .describe(
        "Topics, or hours of topics, that no saga may repair, not even where they are named. A plan says which it leaves out, and why. A saga whose plan was made before is stopped at its next change of them.",
      ),
  })
  .optional()
  .describe("What sagas may repair.");
