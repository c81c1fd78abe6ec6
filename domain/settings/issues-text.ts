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
      .map((issue) => `  ${issue.path.join(".") || "(top)"}: ${told(issue)}`),
  ].join("\n");
}

/** So many unknown names are told, and so much of each: a file that was given by mistake may have anything as names, and is not repeated in logs. */
const MAX_NAMES = 3;
const MAX_NAME_LENGTH = 30;

function told(issue: Issue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  const { keys } = issue;
  const names = keys.slice(0, MAX_NAMES).map((key) => {
    const cut = key.slice(0, MAX_NAME_LENGTH);
    return JSON.stringify(cut === key ? key : `${cut}…`);
  });
  const more = keys.length - names.length;
  return `Unrecognized key${keys.length > 1 ? "s" : ""}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
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
