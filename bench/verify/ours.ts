import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { RowReading } from "../../activities/backfill/verify/row-reading";
import { topicHoursOf } from "../../activities/backfill/verify/topic-hours";
import { createVerifyActivities } from "../../activities/backfill/verify/verify";
import type { PlannedTopic } from "../../domain/backfill/plan";
import type { Verification } from "../../domain/backfill/verification";
import { addHours, hourStart } from "../../lib/hour";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { mapPool } from "../../lib/map-pool";
import { loadConfig } from "../../workers/config";
import { createDependencies } from "../../workers/dependencies";
import { peakMb } from "../fleet/ours";
import type { Counts, Made } from "./generate";
import { CAPSULES } from "../../formats/eventlogging/capsules";

/** As many requests side by side as the verification has. */
const WIDTH = 16;

type Deps = ReturnType<typeof createDependencies>;

const pick = ({ rows, distinct, duplicates }: Counts): Counts => ({
  rows,
  distinct,
  duplicates,
});

/** The counts alone, as the verification makes them. */
async function counts(deps: Deps, topics: PlannedTopic[]): Promise<Counts> {
  const reading = new RowReading(deps, {
    reader: CAPSULES,
    topicHours: topicHoursOf(topics, deps.config.naming),
    missing: [],
    deep: new Set(),
    counted: new Map(),
  });
  const found = { rows: 0, distinct: 0, duplicates: 0 };
  await reading.run(async (hours) => {
    for (const { counts } of hours) {
      found.rows += counts.rows;
      found.distinct += counts.distinct;
      found.duplicates += counts.duplicates;
    }
  });
  return found;
}

/** The whole step, with rows that are compared field by field, and the audit at its end. */
function whole(deps: Deps, topics: PlannedTopic[]): Promise<Verification> {
  const hours = topics[0]!.hours;
  const until = addHours(hours.at(-1)!, 1);
  return createVerifyActivities(deps).verify({
    topics,
    missing: [],
    range: { since: hours[0]!, until },
    asOf: new Date(hourStart(until) + 30 * 60_000).toISOString(),
  });
}

/** No verification over WebHDFS can be quicker than to read the same files and to drop them. */
async function bytes({ hdfs }: Deps, { paths }: Made): Promise<undefined> {
  await mapPool(paths, WIDTH, (path) => hdfs.read(path));
  return undefined;
}

/** One verification or a part of it, of a process of its own: prints the seconds, what it found and the memory at its peak. */
async function main(part: string): Promise<void> {
  const made = JSON.parse(
    readFileSync(join(SANDBOX_DIR, "verify.json"), "utf8"),
  ) as Made;
  enterSandbox();
  const deps = createDependencies(loadConfig(CONFIG_FILE), undefined as never);
  const topics = made.topics.map(
    (topic) => ({ topic, hours: made.hours }) as PlannedTopic,
  );
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/bench", runId: "r" },
  });
  const from = performance.now();
  const found: Counts | undefined = await env.run(
    (): Promise<Counts | undefined> => {
      if (part === "bytes") return bytes(deps, made);
      return part === "counts" ? counts(deps, topics) : whole(deps, topics);
    },
  );
  const seconds = (performance.now() - from) / 1000;
  console.log(
    JSON.stringify({
      seconds,
      ...(found ? { found: pick(found) } : {}),
      peakMb: peakMb(process.pid),
    }),
  );
  await deps.kafka.close();
}

void main(process.argv[2]!);
