import { z } from "zod";

/**
 * A pattern of the configuration that must match a whole name, as every pattern for topics and schemas must; each of its alternatives
 * stands for whole names.
 * @throws SyntaxError with the engine's reason
 */
export function wholeMatch(pattern: string): RegExp {
  // On its own first: `a)|(?:b` would compile inside of the group, and mean something else.
  new RegExp(pattern, "u");
  return new RegExp(`^(?:${pattern})$`, "u");
}

/** A pattern that may match anywhere in a name, in upper or lower case. @throws SyntaxError with the engine's reason */
export const matchAnywhere = (pattern: string): RegExp =>
  new RegExp(pattern, "i");

/** How many groups a pattern has that keep what they match. */
const groupCount = (pattern: string): number =>
  // With an empty alternative it matches the empty text, and the match has a place for each group.
  new RegExp(`${pattern}|`, "u").exec("")!.length - 1;

/**
 * A text that is a regex. It is compiled when the configuration is read, by the same function that compiles it where it is used: what
 * would throw there is refused here.
 */
export const regexText = (
  compile: typeof wholeMatch | typeof matchAnywhere,
  options: { firstGroup?: string } = {},
) =>
  z
    .string()
    .superRefine((pattern, context) => {
      const refuse = (reason: string) =>
        context.addIssue({
          code: "custom",
          message: `given ${JSON.stringify(pattern)}, ${reason}`,
        });
      try {
        compile(pattern);
      } catch (error) {
        return refuse((error as Error).message);
      }
      if (options.firstGroup !== undefined && groupCount(pattern) === 0)
        refuse(
          `which has no group in parentheses; its first group is ${options.firstGroup}`,
        );
    })
    .meta({ format: "regex" });
