import { addHours, hourOf } from "../../lib/hour";
import { explainInput } from "../../domain/settings/inputs";
import { archiveHost, control } from "../support/activities";
import { parseInput } from "../support/parse";

/** What every stage says of one topic-hour, and why its verdict follows. */
export async function explainHour(raw: unknown) {
  const input = parseInput(explainInput, raw);
  const { archiveQueue, lookbackHours } = await control.read.settings();
  const asOf = input.asOf ?? new Date().toISOString();
  // The ledger and silence need the hours around: the look-back window, made longer where the hour lies outside of it.
  const current = hourOf(Date.parse(asOf));
  const until = input.hour < current ? current : addHours(input.hour, 1);
  const start = addHours(until, -lookbackHours);
  const since = input.hour < start ? input.hour : start;
  return archiveHost(archiveQueue).read.explainHour({
    topic: input.topic,
    hour: input.hour,
    range: { since, until },
    asOf,
  });
}
