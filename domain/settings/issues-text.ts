import type { z } from "zod";

/**
 * What is wrong with a value that a schema refused, for a person: `<what> is not valid:`, then a line for each fault with the field's
 * path and what is allowed there. The CLI and the workflows answer a bad input with the same text.
 */
export function issuesText(what: string, error: z.ZodError): string {
  return [
    `${what} is not valid:`,
    ...error.issues.map(
      (issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`,
    ),
  ].join("\n");
}
