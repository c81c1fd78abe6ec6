import { z } from "zod";
import { hour } from "../../lib/hour";

const topics = z.array(z.string().min(1)).min(1).optional();
const asOf = z.iso
  .datetime({ error: "a UTC time such as 2018-07-05T05:20:00Z" })
  .optional();

/** Input of `backfill`, as given to the Web UI's start form. */
export const backfillInput = z
  .strictObject({
    since: hour,
    until: hour,
    topics,
    asOf,
    dryRun: z.boolean().default(false),
    autoApprove: z.boolean().default(false),
    /** Replaces the configured Refine job's class and jar; guarded by identity all the same. */
    refineJar: z.string().optional(),
    refineClass: z.string().optional(),
  })
  .refine((i) => i.since < i.until, {
    path: ["until"],
    error: "must be later than since",
  });
export type BackfillInput = z.infer<typeof backfillInput>;

export const headroomInput = z.strictObject({ asOf, topics });

export const canaryInput = z.strictObject({
  /** The hour to follow; default: the one that runs as of then. */
  hour: hour.optional(),
  asOf,
  pollSeconds: z.number().min(1).max(3600).default(300),
});

export const explainInput = z.strictObject({
  topic: z.string().min(1),
  hour,
  asOf,
});

export const auditInput = z
  .strictObject({
    asOf,
    since: hour.optional(),
    until: hour.optional(),
    topics,
  })
  .refine((i) => !i.since || !i.until || i.since < i.until, {
    path: ["until"],
    error: "must be later than since",
  });
