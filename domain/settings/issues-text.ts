import type { z } from "zod";

/**
 * What is wrong with a value that a schema refused, for a person: `<what> is not valid:`, then a line for each fault with the field's
 * path and what is allowed there. The CLI and the workflows answer a bad input with the same text.
 */
export function issuesText(what: string, error: z.ZodError): string {
  return [
    `${what} is not valid:`,
    ...error.issues
      .flatMap((issue) => meant(issue))
      .map((issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`),
  ].join("\n");
}

/** Of a value that may have one of several forms, such as an address or a section, what is wrong with the form that was meant. */
function meant(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || issue.message !== "Invalid input")
    return [issue];
  const close = issue.errors.filter((faults) =>
    faults.every(
      ({ code, path }) => code !== "invalid_type" || path.length > 0,
    ),
  );
  if (close.length !== 1) return [issue];
  return close[0]!.flatMap((fault) =>
    meant({ ...fault, path: [...issue.path, ...fault.path] }),
  );
}

type Issue = z.core.$ZodIssue;
