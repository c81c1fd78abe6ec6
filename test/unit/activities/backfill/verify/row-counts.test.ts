import {
  countRows,
  createUuidTables,
  RAW_UUIDS,
} from "../../../../../activities/backfill/verify/row-counts";
import { UuidWriter } from "../../../../../activities/backfill/verify/uuid-writer";
import { topicHoursOf } from "../../../../../activities/backfill/verify/topic-hours";
import { Engine } from "../../../../../clients/duckdb/engine";
import type { PlannedTopic } from "../../../../../domain/backfill/plan";
import { namingRules } from "../../../../../domain/settings/dataset";
import { HOUR, TOPIC, uuid } from "./refined-world";
import { CAPSULES } from "../../../../../formats/eventlogging/capsules";

const [OF] = topicHoursOf(
  [{ topic: TOPIC, hours: [HOUR] } as PlannedTopic],
  namingRules.parse({}),
);

/** Counts an hour of which so many events are said to be read; two are given to DuckDB. */
async function counted(events: number) {
  const engine = await Engine.open({ memoryMb: 64 });
  try {
    const connection = await engine.connect();
    await createUuidTables(connection);
    const uuids = new UuidWriter(connection, RAW_UUIDS);
    await uuids.add(7, [uuid(1), uuid(2)]);
    // Of a file that turned out to be damaged.
    await uuids.add(8, [uuid(3)]);
    await uuids.flush();
    const hour = {
      of: OF!,
      partition: false,
      unrefined: false,
      files: [],
      rawFiles: [7],
      events,
      problems: [],
      hasChanged: false,
    };
    return (await countRows(connection, [hour], CAPSULES.columns)).get(hour);
  } finally {
    await engine.close();
  }
}

test("events of files that were left out are none", async () => {
  expect(await counted(2)).toMatchObject({ distinct: 2, lacking: 2, rows: 0 });
});

test("fewer or more events than were read are an error", async () => {
  for (const events of [1, 3])
    await expect(counted(events)).rejects.toThrow(
      `DuckDB has 2 events of ${TOPIC} ${HOUR}, and ${events} were read`,
    );
});
