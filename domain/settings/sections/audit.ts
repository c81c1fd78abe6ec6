import { z } from "zod";
import { regexText, wholeMatch } from "../regex-text";

export const audit = z
  .strictObject({
    lookbackHours: z
      .int()
      .min(1)
      .max(24 * 31)
      .default(168)
      .describe("Hours that every audit looks back."),
    batchTopics: z
      .int()
      .min(1)
      .default(10)
      .describe("Topics that one activity audits."),
    patience: z
      .int()
      .min(1)
      .default(8)
      .describe(
        "Attempts to reach a service before the stage that it answers for is called unknowable, and the audit goes on. One that cannot store what it found ends after three more, and people hear of it.",
      ),
  })
  .prefault({})
  .describe("How far audits look back, and how they are cut.");

export const canary = z
  .strictObject({
    topics: regexText(wholeMatch)
      .default("^$")
      .describe(
        "Regex of whole topic names that get a canary each hour; `.*` is all, the default is none.",
      ),
    deadlineHours: z
      .number()
      .positive()
      .default(6)
      .describe(
        "Hours within which a canary must become queryable; after that it is an alert.",
      ),
    examples: z
      .array(
        z.strictObject({
          topics: regexText(wholeMatch).describe(
            "Regex of whole names of the topics whose canaries are made of this event.",
          ),
          event: z
            .record(z.string(), z.unknown())
            .describe(
              "An event that the schema allows, with its `$schema`. A canary is a copy with an identity, a time and a stream of its own, and `canary` as its `meta.domain`.",
            ),
        }),
      )
      .default([])
      .describe(
        "What canaries are made of where `events` is given; the first whose `topics` matches counts. A topic of `canary.topics` without one is an error of the canaries.",
      ),
  })
  .prefault({})
  .describe(
    "Canaries: one marked event for each topic and hour, followed through every stage.",
  );
