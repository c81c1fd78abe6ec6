import { readSharedEvidence } from "../../../../../activities/audit/evidence/shared-evidence";
import type { ImporterRun } from "../../../../../importers/importer";

const run = (over: Partial<ImporterRun>): ImporterRun => ({
  name: "r",
  time: 1,
  endedAt: 2,
  advances: new Map(),
  problems: [],
  ...over,
});

test("a run of which nothing is known is told of; files beside others that say the rest are not", async () => {
  const { problems } = await readSharedEvidence(
    {
      kafka: {
        topics: async () => [],
        denied: async () => new Set(),
        topicConfigs: async () => new Map(),
        topicIds: async () => new Map(),
      },
      source: {
        state: async () => ({ positions: new Map(), problems: ["a"] }),
        runs: async () => [
          run({ problems: ["one of several files"] }),
          run({ problems: ["b"], unknown: "b" }),
        ],
        outOfRange: async () => [],
      },
      pasts: { read: async () => new Map() },
      markers: async () => new Map(),
      canaries: async () => new Map(),
      config: { archive: { excludedSchemas: "^$" } },
    } as never,
    [],
    { since: "2018-07-05T00", until: "2018-07-05T04" },
  );
  expect(problems).toEqual(["a", "b"]);
});
