import { z } from "zod";
import { auditInput, canaryInput, headroomInput } from "./inputs";

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
      .describe("of every hour, UTC"),
    overlap: z.enum(["skip", "buffer-one", "allow-all"]).default("skip"),
    catchupWindow: z
      .string()
      .regex(/^\d+ (minute|minutes|hour|hours|day|days)$/, "for example 1 day")
      .default("1 day"),
    paused: z.boolean().default(false),
    input: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine((s, context) => {
    const parsed = INPUTS[s.workflow].safeParse(s.input);
    for (const issue of parsed.error?.issues ?? [])
      context.addIssue({
        code: "custom",
        path: ["input", ...issue.path],
        message: issue.message,
      });
  });

/** A schedules file. */
export const schedulesFile = z.strictObject({
  schedules: z.array(schedule).min(1),
});
export type ScheduleSpec = z.infer<typeof schedule>;
