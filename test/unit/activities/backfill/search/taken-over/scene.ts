import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../../../../../activities/backfill/search/collect";
import { createMissingActivities } from "../../../../../../activities/backfill/search/missing";
import { EventArchive } from "../../../../../../clients/event-archive";
import { Storage } from "../../../../../../clients/storage";
import type {
  Collected,
  Missing,
} from "../../../../../../domain/backfill/missing";
import { heldLine } from "../../../../../../formats/candidate";
import { sha256 } from "../../../../../../lib/digest";
import { folderAsHdfs } from "../../../../../support/folder-hdfs";
import { NOTHING_SINCE } from "../../../../../support/unchanged-kafka";

/** A search whose archive and storage are folders of this machine, so that a process of its own can make an attempt of it, too. */

export const FILES = 6;
/** Events of a file, and how many of these the next file has as well: rotations and crashes write some twice. */
const EVENTS = 1000;
const TWICE = 100;
const TOPICS = ["Edit", "Popups"].map((schema) => ({
  topic: `eventlogging_${schema}`,
  schema,
  lostOffsets: 0,
}));
const HELD = "/held";

const eventOf = (n: number) => {
  const { topic, schema } = TOPICS[n % 2]!;
  const hour = String(n % 24).padStart(2, "0");
  const uuid = sha256(String(n)).slice(0, 32);
  const text = `{"dt": "2018-07-05T${hour}:30:00Z", "event": {"n": ${n}.0, "text": "\\u6771"}, "revision": 1, "schema": "${schema}", "uuid": "${uuid}", "wiki": "enwiki"}`;
  return { topic, uuid, text, isHeld: n % 10 !== 3 && n % 10 !== 8 };
};

/** The events of a file of the archive. */
const eventsOf = (file: number) =>
  Array.from({ length: EVENTS }, (_, i) =>
    eventOf(file * (EVENTS - TWICE) + i),
  );

/** Writes an archive, every other of its files gzipped, each with a last line that is cut off. */
export async function writeArchive(archive: string): Promise<void> {
  for (let file = 0; file < FILES; file++) {
    const texts = eventsOf(file).map(({ text }) => text);
    const bytes = Buffer.from(`${texts.join("\n")}\n{"cut of`);
    const isGz = file % 2 === 1;
    await writeFile(
      join(archive, `all-events.log-2018070${file}${isGz ? ".gz" : ""}`),
      isGz ? gzipSync(bytes) : bytes,
    );
  }
}

/**
 * An attempt of a search.
 * @param folder in which storage lies
 * @param onRead is told of each file of the archive that is read, as often as it is
 */
export async function sceneOf(
  archive: string,
  folder: string,
  onRead: (path: string) => void,
) {
  const hdfs = folderAsHdfs(folder);
  const held = Array.from({ length: FILES }, (_, file) => eventsOf(file))
    .flat()
    .filter(({ isHeld }) => isHeld)
    .map(({ topic, uuid }) => heldLine(topic, uuid));
  const collected = { refs: [], lines: 0, files: [], unreadable: [] };
  const ofKafka: Collected = {
    ...collected,
    refs: [`${HELD}.tsv`],
    lines: held.length,
    ends: {},
    topicIds: {},
  };
  await hdfs.replace(`${HELD}.tsv`, `${held.join("\n")}\n`);
  await hdfs.replace(`${HELD}.json`, JSON.stringify(ofKafka));
  await hdfs.replace("/mysql.json", JSON.stringify(collected));
  const deps = {
    config: {
      archive: { host: "eventlog1002" },
      search: { memoryMb: 128, sparkFromLines: 1e9, otherHosts: [] },
    },
    archive: watched(new EventArchive([join(archive, "*")]), onRead),
    hdfs,
    storage: new Storage(hdfs, "/sisyphus"),
    kafka: NOTHING_SINCE,
  };
  const collect = createCollectActivities(deps as never);
  const { joinMissing } = createMissingActivities(deps as never, collect);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
  });
  return {
    hdfs,
    storage: deps.storage,
    attempt: () =>
      env.run(async () => {
        const { refs } = await collect.collectArchive({
          topics: TOPICS,
          range: { since: "2018-07-05T01", until: "2018-07-05T23" },
          held: [`${HELD}.json`],
        });
        return joinMissing({
          topics: TOPICS,
          held: `${HELD}.json`,
          sources: [...refs, "/mysql.json"],
        });
      }) as Promise<Missing>,
  };
}

/** An archive that tells of each reading of its files. */
function watched(
  archive: EventArchive,
  onRead: (path: string) => void,
): EventArchive {
  const open = archive.open.bind(archive);
  archive.open = async () => {
    const opened = await open();
    for (const file of opened.files) {
      const bytes = file.bytes.bind(file);
      file.bytes = () => {
        onRead(file.path);
        return bytes();
      };
    }
    return opened;
  };
  return archive;
}
