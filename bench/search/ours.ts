import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../activities/backfill/search/collect";
import { createMissingActivities } from "../../activities/backfill/search/missing";
import { readMissing } from "../../activities/backfill/search/read-missing";
import { EventArchive } from "../../clients/event-archive";
import { Storage } from "../../clients/storage";
import type { Collected, Missing } from "../../domain/backfill/missing";
import { sha256 } from "../../lib/digest";
import { folderAsHdfs } from "../../test/support/folder-hdfs";
import { NOTHING_SINCE } from "../../test/support/unchanged-kafka";
import { type Archive, SCHEMAS } from "./generate";
import { CAPSULES } from "../../formats/eventlogging/capsules";

/** One search, of a process of its own: prints the seconds, what was found, its digest and the memory at its peak. */
async function main(folder: string, memoryMb: number): Promise<void> {
  const archive = JSON.parse(
    readFileSync(join(folder, "archive.json"), "utf8"),
  ) as Archive;
  const hdfs = folderAsHdfs(folder);
  const storage = new Storage(hdfs, `/storage-${process.pid}`);
  const held: Collected = {
    refs: archive.heldParts.map((_, i) => `/held-${i}.tsv`),
    lines: archive.heldLines,
    files: [],
    unreadable: [],
    ends: {},
    topicIds: {},
  };
  const heldRef = "/held.json";
  await writeFile(join(folder, heldRef), JSON.stringify(held));
  const mysqlRef = "/mysql.json";
  await writeFile(
    join(folder, mysqlRef),
    JSON.stringify({ refs: [], lines: 0, files: [], unreadable: [] }),
  );
  const deps = {
    config: {
      archive: { host: "bench" },
      search: { memoryMb, sparkFromLines: 1e12, otherHosts: [] },
    },
    archive: new EventArchive([archive.plain, archive.gz]),
    hdfs,
    storage,
    kafka: NOTHING_SINCE,
  };
  const collect = createCollectActivities(deps as never);
  const { joinMissing } = createMissingActivities(deps as never, collect);
  const topics = SCHEMAS.map((schema) => ({
    topic: `eventlogging_${schema}`,
    schema,
    lostOffsets: 0,
  }));
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/bench", runId: "r" },
  });
  const from = performance.now();
  const cpuFrom = process.cpuUsage();
  const found = (await env.run(async () => {
    const { ref } = await collect.collectArchive({
      topics,
      range: { since: "2018-07-04T00", until: "2018-07-06T00" },
      held: [heldRef],
    });
    return joinMissing({ topics, held: heldRef, sources: [ref, mysqlRef] });
  })) as Missing;
  const seconds = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(cpuFrom);
  clearInterval(watch);
  const lines: string[] = [];
  for (const topic of found.topics)
    for await (const events of readMissing(storage, topic, CAPSULES))
      for (const { text } of events) lines.push(text);
  console.log(
    JSON.stringify({
      seconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      found: lines.length,
      digest: sha256(lines.sort().join("\n")),
      peakMb: peak / 2 ** 20,
    }),
  );
}

void main(process.argv[2]!, Number(process.argv[3]));
