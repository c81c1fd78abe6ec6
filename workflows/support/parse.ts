import { ApplicationFailure } from "@temporalio/workflow";
import type { z } from "zod";
import { issuesText } from "../../domain/settings/issues-text";

/**
 * Checks the input of a workflow, which may come from the Web UI's form.
 * @throws ApplicationFailure `InvalidInput`, not to be retried, with the text that the CLI would give
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value ?? {});
  if (!parsed.success)
    throw ApplicationFailure.nonRetryable(
      issuesText("the input", parsed.error),
      "InvalidInput",
    );
  return parsed.data;
}
