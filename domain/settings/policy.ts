import { z } from "zod";

const share = (what: string) =>
  z
    .strictObject({
      warnPercent: z.number().min(0).max(100).default(0),
      errorPercent: z.number().min(0).max(100).default(1),
    })
    .describe(`above which share of an hour ${what} are a warning, an error`);

const fields = {
  graceHours: z
    .number()
    .min(0)
    .default(2)
    .describe("how long after its end an hour may take to be refined"),
  maxImportLagHours: z
    .number()
    .min(0)
    .default(2)
    .describe("how old the importer's newest run may be"),
  /** What the platform's topics are meant to have; what differs is drift. */
  expectedTopicConfig: z
    .record(z.string(), z.string())
    .default({ "message.timestamp.type": "LogAppendTime" }),
  lost: share("lost events").prefault({}),
  duplicated: share("duplicate rows").prefault({}),
  maxDuplicatePercent: z
    .number()
    .min(0)
    .max(100)
    .default(20)
    .describe(
      "how many of an hour's raw records deduplication may take away where nothing tells the distinct events",
    ),
  minimumVolume: z
    .number()
    .min(0)
    .default(0)
    .describe("hours with fewer events are a warning at most"),
  silence: z
    .strictObject({
      minExpected: z.number().positive().default(20),
      minHours: z.int().min(2).default(12),
    })
    .prefault({})
    .describe(
      "a topic is silent when it owes so many events by its own rate over at least so many hours",
    ),
  headroom: z
    .strictObject({
      warnHours: z.number().positive().default(48),
      errorHours: z.number().positive().default(12),
    })
    .prefault({})
    .describe(
      "hours until unread data is deleted: below them a warning, an error",
    ),
  repair: z
    .strictObject({
      start: z.boolean().default(false),
      autoApprove: z
        .boolean()
        .default(false)
        .describe("else the plan waits for an operator"),
      maxHours: z.int().min(1).default(48),
      maxMissing: z.int().min(0).default(10_000),
    })
    .prefault({})
    .describe(
      "whether an incident starts its backfill itself, and up to which size",
    ),
};

/** What counts as broken, for every dataset. */
export const policy = z.strictObject(fields);
export type Policy = z.infer<typeof policy>;

export type Drift = { name: string; expected: string; actual: string };

/** What a topic's effective config has otherwise than the policy expects. */
export function driftOf(
  policy: Pick<Policy, "expectedTopicConfig">,
  config: Record<string, string>,
): Drift[] {
  return Object.entries(policy.expectedTopicConfig).flatMap(
    ([name, expected]) => {
      const actual = config[name];
      return actual === undefined || actual === expected
        ? []
        : [{ name, expected, actual }];
    },
  );
}

export const driftText = (drift: Drift[]) =>
  drift
    .map((d) => `${d.name} is ${d.actual}, expected ${d.expected}`)
    .join(", ");

/** Exceptions: the first whose `topics` matches a whole topic replaces the fields it names. */
export const policyException = z.strictObject({
  topics: z.string().min(1).describe("whole-topic regex"),
  ...(Object.fromEntries(
    Object.keys(fields).map((name) => [name, z.unknown().optional()]),
  ) as Record<keyof typeof fields, z.ZodOptional<z.ZodUnknown>>),
});

/** The policy of one topic. @throws ZodError where an exception's field is not allowed */
export function policyOf(
  topic: string,
  base: Policy,
  exceptions: z.infer<typeof policyException>[],
): Policy {
  const found = exceptions.find((e) =>
    new RegExp(`^(?:${e.topics})$`, "u").test(topic),
  );
  if (!found) return base;
  const { topics: _topics, ...changes } = found;
  return policy.parse({ ...base, ...changes });
}
