import { ApplicationFailure } from "@temporalio/workflow";
import type { z } from "zod";
import { issuesText } from "../../domain/settings/issues-text";

/** A workflow's input, checked at the border: what is wrong fails the start for good, with the text the CLI gives. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success)
    throw ApplicationFailure.nonRetryable(
      issuesText("the input", parsed.error),
      "InvalidInput",
    );
  return parsed.data;
}
