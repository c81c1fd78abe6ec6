import type { Dataset } from "../../../domain/settings/dataset";
import { isRefined } from "../../../domain/settings/stages";
import { type Hour, type HourRange, hoursIn } from "../../../lib/hour";
import type { FileClients } from "./clients";
import { refreshDays } from "./day-walk";
import type { TopicMemory } from "./evidence-cache";
import { rawDay } from "./raw-hours";
import { refinedDay, refinedDayDir } from "./refined-hours";

/**
 * Brings a topic's memory of its raw and refined hours up to date over a range; afterwards it holds exactly the hours of the range's days,
 * and of refined ones none where nobody refines. Where HDFS does not answer, the memory is left as it was.
 */
export async function refreshHours(
  { hdfs, source, config }: FileClients,
  dataset: Dataset,
  range: HourRange,
  memory: TopicMemory,
): Promise<void> {
  const rawDayOf = (hour: Hour) => source.dayOf(hour);
  const daysOf = (dayOf: (hour: Hour) => string) => [
    ...new Set(hoursIn(range).map(dayOf)),
  ];
  const knownRaw = (day: string) => hoursOfDay(memory.raw, day, rawDayOf);
  const knownRefined = (day: string) => hoursOfDay(memory.refined, day, utcDay);
  [memory.raw, memory.refined] = await Promise.all([
    refreshDays(
      hdfs,
      daysOf(rawDayOf),
      (day) => source.dayDir(dataset, day),
      memory.sums.raw,
      knownRaw,
      (day) => rawDay(hdfs, source, dataset, day, knownRaw(day)),
    ),
    refreshDays(
      hdfs,
      isRefined(config) ? daysOf(utcDay) : [],
      (day) => refinedDayDir(dataset, day),
      memory.sums.refined,
      knownRefined,
      (day) => refinedDay(hdfs, dataset, day, knownRefined(day)),
    ),
  ]);
}

const utcDay = (hour: Hour): string => hour.slice(0, 10);

const hoursOfDay = <T>(
  hours: Record<Hour, T>,
  day: string,
  dayOf: (hour: Hour) => string,
): Record<Hour, T> =>
  Object.fromEntries(
    Object.entries(hours).filter(([hour]) => dayOf(hour) === day),
  );
