import { CAPSULES } from "../../../../../formats/eventlogging/capsules";
import { readMissing } from "../../../../../activities/backfill/search/read-missing";
import { storeMissing } from "../../../../../activities/backfill/search/store-missing";
import { Storage } from "../../../../../clients/storage";
import type { MissingEvent } from "../../../../../formats/candidate";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const TOPIC = "eventlogging_Edit";
const lost = (hour: string, copies: number, dt?: string): MissingEvent => ({
  topic: TOPIC,
  uuid: hour,
  rank: 0,
  ms: 0,
  copies,
  json: JSON.stringify({ uuid: hour, ...(dt ? { dt } : {}) }),
});

async function* events() {
  yield lost("2018-07-05T03", 2, "2018-07-05T03:10:00Z");
  yield lost("2018-07-05T04", 1, "2018-07-05T04:10:00Z");
  yield lost("when?", 1);
}

/** What is stored of three events, one of which says no time. */
async function stored(repairs?: (topic: string, hour: string) => boolean) {
  const storage = new Storage(new MemoryFiles().hdfs, "/s");
  const topics = [{ topic: TOPIC, schema: "Edit", lostOffsets: 6 }];
  const [missing] = await storeMissing(
    storage,
    "backfill/july",
    topics,
    events(),
    repairs,
  );
  const uuids: string[] = [];
  for await (const found of readMissing(storage, missing!, CAPSULES))
    for (const { event } of found) uuids.push(event.uuid);
  return { missing: missing!, uuids };
}

test("events of hours that are not repaired are counted, and are not among those that are replayed", async () => {
  const { missing, uuids } = await stored(
    (topic, hour) => topic === TOPIC && hour === "2018-07-05T04",
  );
  expect(uuids).toEqual(["2018-07-05T04"]);
  expect(missing).toMatchObject({
    events: 1,
    messages: 1,
    fromArchive: 1,
    leftOut: { events: 2, messages: 3 },
    // What was found can be recovered, by a saga that does not leave it out.
    unrecoverable: 2,
  });
});

test("without a choice everything that is missing is stored", async () => {
  const { missing, uuids } = await stored();
  expect(uuids).toEqual(["2018-07-05T03", "2018-07-05T04", "when?"]);
  expect(missing).toMatchObject({ events: 3, messages: 4, unrecoverable: 2 });
  expect(missing).not.toHaveProperty("leftOut");
});
