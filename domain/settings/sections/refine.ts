import { z } from "zod";
import { command } from "../fields";
import { matchAnywhere, regexText } from "../regex-text";

export const refine = z
  .strictObject({
    submit: command.describe(
      "The program that submits Refine to YARN, and its first arguments.",
    ),
    jar: z
      .string()
      .min(1)
      .describe("Refine's jar, a local file; `--refine-jar` gives another."),
    allowedSha256: z
      .array(
        z
          .string()
          .regex(/^[0-9a-f]{64}$/, "64 hex digits")
          .meta({ format: "64 hex digits" }),
      )
      .min(1)
      .describe(
        "SHA-256 digests of the jars that may run. Any other jar is refused, whatever its name says.",
      ),
    class: z
      .string()
      .min(1)
      .describe("Refine's main class, the only one that may run."),
    hold: command
      .optional()
      .describe(
        "Keeps Refine's own schedule from starting it while a saga has flags cleared, such as `[ssh, cron-host, sudo, systemctl, stop, refine.timer]`: whichever bulk worker is asked runs it, so that it must do the same from every bulk host. It may be run where that is held already. Given with `refine.release`, or neither.",
      ),
    release: command
      .optional()
      .describe("Lets Refine's own schedule start it again."),
    outdatedJobs: regexText(matchAnywhere)
      .default("json[-_]?refine")
      .describe(
        "Regex that is sought anywhere in an application's name, in upper or lower case: jobs that must not run any more. A plan names those that do.",
      ),
    arguments: z
      .array(z.string())
      .describe("Arguments of every Refine: its paths and its database."),
    transforms: z
      .array(z.string())
      .min(1)
      .describe(
        "Refine's `--transform-functions`. One must deduplicate and one must geocode, or the job is refused.",
      ),
  })
  .optional()
  .describe(
    "The job that turns raw hours into refined hours. Without it raw hours are the end of the pipeline: nothing behind them is asked or judged, and a saga clears no flags and refines nothing.",
  );
