import { z } from "zod";
import { auditInput, canaryInput, headroomInput } from "./inputs";

/** The workflows that may be scheduled, and the schemas of their inputs. */
const INPUTS = {
  hourlyAudit: auditInput,
  headroomAudit: headroomInput,
  canary: canaryInput,
} as const;

const schedule = z
  .strictObject({
    id: z.string().regex(/^[\w-]+$/, "letters, digits, _ and -"),
    workflow: z.enum(["hourlyAudit", "headroomAudit", "canary"]),
    minutes: z
      .array(z.int().min(0).max(59))
      .min(1)
      .describe("Minutes of every hour (UTC) at which it starts."),
    overlap: z
      .enum(["skip", "buffer-one", "allow-all"])
      .default("skip")
      .describe("What happens where the one before still runs."),
    catchupWindow: z
      .string()
      .regex(/^\d+ (minute|minutes|hour|hours|day|days)$/, "for example 1 day")
      .default("1 day")
      .describe("How late a start that was missed is still made up for."),
    paused: z.boolean().default(false),
    input: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine(({ workflow, input }, context) => {
    const parsed = INPUTS[workflow].safeParse(input);
    for (const issue of parsed.error?.issues ?? [])
      context.addIssue({
        code: "custom",
        path: ["input", ...issue.path],
        message: issue.message,
      });
  });

/** A file of schedules, which `sisyphus schedules apply` reads. */
export const schedulesFile = z.strictObject({
  schedules: z.array(schedule).min(1),
});
export type ScheduleSpec = z.infer<typeof schedule>;
