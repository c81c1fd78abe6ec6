import { z } from "zod";
import type { Hour } from "../../lib/hour";
import { CAUSES } from "../audit/verdicts";
import { hour } from "./hour-text";

/** The inputs of workflows. The CLI and the workflows check them by these schemas before anything begins. */

/** Only these topics; without them all that `naming.topicPattern` covers. */
const topics = z.array(z.string().min(1)).min(1).optional();

/** The instant as of which the platform is judged; without it now. */
const asOf = z.iso
  .datetime({ error: "a UTC time such as 2018-07-05T05:20:00Z" })
  .optional();

/** An hour, or a range of hours whose end is not part of it. */
const hourOrRange = z.string().refine((text) => {
  const ends = text.split("..");
  return (
    ends.length <= 2 &&
    ends.every((end) => hour.safeParse(end).success) &&
    (ends[1] === undefined || ends[0]! < ends[1])
  );
}, "an hour such as 2018-07-05T03, or a range such as 2018-07-05T03..2018-07-05T06 (its end is not part of it)");

const CAUSE_WANTED = `a cause is one of ${CAUSES.join(", ")}`;

const isForward = (range: { since?: Hour; until?: Hour }) =>
  range.since === undefined ||
  range.until === undefined ||
  range.since < range.until;

const MUST_BE_FORWARD = {
  path: ["until"],
  error: "must be later than since",
};

/** Input of `backfill`, as it is given to the Web UI's start form. */
export const backfillInput = z
  .strictObject({
    since: hour,
    until: hour,
    topics,
    /** Only these hours of the range. */
    hours: z
      .array(hourOrRange)
      .min(
        1,
        "names no hour: leave it out, and all hours of the range are meant",
      )
      .optional(),
    /** Only what has one of these causes. */
    causes: z
      .array(z.enum(CAUSES, CAUSE_WANTED))
      .min(1, `names no cause: ${CAUSE_WANTED}`)
      .optional(),
    /** Only what an earlier saga's report names as not whole: the saga's name, or a reference of its report. */
    fromReport: z
      .string()
      .trim()
      .min(1, "names no saga: its name, or the path of its report, is wanted")
      .optional(),
    asOf,
    /** Only makes the plan, and changes nothing. */
    dryRun: z.boolean().default(false),
    /** Goes on without an operator who approves the plan. */
    autoApprove: z.boolean().default(false),
    /** Another jar than the configured one, a local file of the worker; its digest must be one of `refine.allowedSha256`. */
    refineJar: z.string().optional(),
    /**
     * Ignored: only the configured class may refine. Sagas that were started by version 0.2.0 may carry it in their histories, so
     * that the schema still takes it.
     */
    refineClass: z.string().optional(),
  })
  .refine(isForward, MUST_BE_FORWARD)
  .superRefine(({ since, until, hours = [] }, context) => {
    const outside = hours.filter((text) => {
      const [first = "", end] = text.split("..");
      return (
        first < since || (end === undefined ? first >= until : end > until)
      );
    });
    if (outside.length > 0)
      context.addIssue({
        code: "custom",
        path: ["hours"],
        message: `${outside.join(", ")} not between since and until`,
      });
  });
export type BackfillInput = z.infer<typeof backfillInput>;

/** Whether only a part of what is broken is to be repaired. Topics alone are no such choice: plans know nothing of other topics. */
export const isChoice = ({
  hours,
  causes,
  fromReport,
}: Pick<BackfillInput, "hours" | "causes" | "fromReport">): boolean =>
  (hours ?? causes ?? fromReport) !== undefined;

/** Input of `headroomAudit`. */
export const headroomInput = z.strictObject({ asOf, topics });

/** Input of `canary`. */
export const canaryInput = z.strictObject({
  /** The hour to follow; without it the one that runs as of then. */
  hour: hour.optional(),
  asOf,
  /** Seconds after which it is asked again how far the canaries have come. */
  pollSeconds: z.number().min(1).max(3600).default(300),
});

/** Input of `explainHour`. */
export const explainInput = z.strictObject({
  topic: z.string().min(1),
  hour,
  asOf,
});

/** Input of `hourlyAudit`. Without a range it looks back `audit.lookbackHours`. */
export const auditInput = z
  .strictObject({
    asOf,
    since: hour.optional(),
    until: hour.optional(),
    topics,
  })
  .refine(isForward, MUST_BE_FORWARD);
