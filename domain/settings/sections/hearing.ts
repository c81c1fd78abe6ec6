import { severity } from "../severity";

/** What a receiver of alerts, whatever its kind, wants to hear. */
export const hearing = {
  minimumSeverity: severity
    .optional()
    .describe(
      "How urgent an alert must be, at least; without it every alert comes. The end of what came comes as well.",
    ),
};
