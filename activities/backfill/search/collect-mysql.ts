import { heartbeat } from "@temporalio/activity";
import type { EventMysql, EventTable } from "../../../clients/mysql";
import type {
  CollectedUnit,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import { candidateLine, candidateOf } from "../../../formats/candidate";
import { capsuleTime } from "../../../formats/eventlogging/event-time";
import { hourOf, type HourRange, inRange } from "../../../lib/hour";
import type { SearchUnits } from "./search-units";

/** The keys of one unit; its rows are in memory at the same time. */
const KEYS_A_UNIT = 20_000;

/**
 * Candidates from MySQL: rows of the topics' tables in the range, a unit a range of keys.
 * @param mysql undefined where none is configured: nothing is collected then
 * @returns the reference of what was collected
 */
export async function collectFromMysql(
  mysql: EventMysql | undefined,
  units: SearchUnits,
  input: { topics: SearchedTopic[]; range: HourRange },
): Promise<string> {
  const { topics, range } = input;
  const collected: CollectedUnit[] = [];
  if (mysql)
    for (const topic of topics) {
      heartbeat(`MySQL ${topic.schema}`);
      for (const table of await mysql.tables(topic.schema))
        collected.push(
          ...(await collectTable(mysql, units, topic, table, range)),
        );
    }
  const [ref] = await units.storeSource("mysql", collected);
  return ref!;
}

async function collectTable(
  mysql: EventMysql,
  units: SearchUnits,
  { topic, schema }: SearchedTopic,
  table: EventTable,
  range: HourRange,
): Promise<CollectedUnit[]> {
  const collected: CollectedUnit[] = [];
  const keys = await mysql.keys(table.name, range);
  if (!keys) return collected;
  for (let from = keys.min; from <= keys.max; from += KEYS_A_UNIT) {
    const to = Math.min(keys.max, from + KEYS_A_UNIT - 1);
    const name = `mysql/${table.name}-${from}-${to}`;
    const unit = await units.doneOnce(name, async (add) => {
      const events = await mysql.events(schema, table, range, { from, to });
      for (const event of events) {
        const ms = capsuleTime(event);
        if (ms !== undefined && inRange(hourOf(ms), range))
          await add(candidateLine(candidateOf(topic, 1, event)));
      }
    });
    collected.push(unit);
  }
  return collected;
}
