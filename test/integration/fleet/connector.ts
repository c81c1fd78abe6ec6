import { auditTopics } from "../../../activities/audit/judge-topics";
import type { Finding } from "../../../domain/backfill/plan";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { loadConfig } from "../../../workers/config";
import { createDependencies } from "../../../workers/dependencies";
import { AS_OF, HOURS, topicOf } from "./topic-hours";
import type { World } from "./world";

/** Writes files as Confluent's connector names them, with two offsets between them that none has. @returns the hours that are imported in part */
export async function partialHoursOfConnector(
  world: World,
): Promise<Finding[]> {
  const topic = topicOf("Healthy");
  const config = loadConfig(CONFIG_FILE);
  const deps = createDependencies(
    {
      ...config,
      importer: { ...config.importer, kind: "confluent-hdfs" },
      naming: { ...config.naming, rawPath: "/topics/{topic}" },
    },
    world.client,
  );
  for (const [i, span] of [
    ["0000000000", "0000000004"],
    ["0000000005", "0000000009"],
    ["0000000012", "0000000019"],
  ].entries())
    await world.hdfs.write(
      `/topics/${topic}/year=2018/month=06/day=18/hour=${12 + i}/${topic}+0+${span.join("+")}.json`,
      "{}",
    );
  const [found] = await auditTopics(
    deps,
    [topic],
    { since: HOURS[0]!, until: "2018-06-18T15" },
    AS_OF,
  );
  await deps.kafka.close();
  return found!.findings.filter((f) => f.verdict === "import-partial");
}
