import { gzipSync } from "node:zlib";
import { stagesReached } from "../../../../activities/audit/follow-canaries";
import { namingRules } from "../../../../domain/settings/dataset";
import { gobblinImporter } from "../../../../importers/gobblin/gobblin";
import { stateFile, taskBytes } from "../../formats/gobblin/state-file";
import { treeOf } from "../../importers/tree";

const TOPIC = "eventlogging_Edit";
const HOUR = "2026-03-07T06";

/** How far a canary of offset 5 has come, where Gobblin stands at an offset and its hour has files of these names. */
async function reached(stands: string, names: string[]) {
  const dir = "/raw/eventlogging_Edit/year=2026/month=03/day=07/hour=06";
  const { hdfs } = treeOf({
    "/store/a/current.jst": stateFile("job_a_1795629104600", [
      taskBytes("task_a_1795629104600_0", TOPIC, 0, "0", stands),
    ]),
    ...Object.fromEntries(
      names.map((name) => [`${dir}/${name}`, gzipSync("{}\n")]),
    ),
  });
  const stages = await stagesReached(
    {
      hdfs: Object.assign(hdfs, { stat: async () => undefined }),
      hive: { locations: async () => new Map() } as never,
      source: gobblinImporter(hdfs, {
        historyPath: "/store",
        timeZone: "UTC",
      }),
      config: { naming: namingRules.parse({ rawPath: "/raw/{topic}" }) },
    },
    HOUR,
    [{ topic: TOPIC, partition: 0, offset: "5" }],
    () => undefined,
  );
  return stages[TOPIC];
}

test("a canary is imported where the importer is beyond it and its hour has a file, though files tell no offsets", async () => {
  const file = "part.task_a_1795629104600_0_0.txt.gz";
  expect(await reached("6", [file])).toBe("raw");
  expect(await reached("5", [file])).toBe("kafka");
  expect(await reached("6", ["strange"])).toBe("kafka");
});
