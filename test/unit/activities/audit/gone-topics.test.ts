import { goneTopics } from "../../../../activities/audit/gone-topics";
import type { AuditReport } from "../../../../domain/audit/audit-report";
import { namingRules } from "../../../../domain/settings/dataset";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2018-07-05T05:00:00Z");

const LONG_AGO = NOW - 400 * 24 * HOUR_MS;

const clients = (
  positions: Record<string, number>,
  audits: Partial<AuditReport["audits"][number]>[],
  left: { directories?: string[]; tables?: string[] } = {},
) =>
  ({
    source: {
      state: async () => ({
        lastRun: NOW,
        problems: [],
        positions: new Map(
          Object.entries(positions).map(([key, time]) => [
            key,
            { offset: "5", time },
          ]),
        ),
      }),
    },
    storage: {
      read: async ({ name }: { name: string }) =>
        name === "audit.json" ? { ref: "/latest", html: "" } : undefined,
      readRef: async () => ({
        audits: audits.map((audit) => ({
          unread: 0,
          lostOffsets: 0,
          findings: [],
          ...audit,
        })),
      }),
    },
    hdfs: {
      list: async (folder: string) =>
        folder === "/wmf/data/raw/eventlogging"
          ? [
              { name: "_tmp", type: "DIRECTORY" },
              { name: "eventlogging_File", type: "FILE" },
              ...(left.directories ?? []).map((name) => ({
                name,
                type: "DIRECTORY",
              })),
            ]
          : undefined,
    },
    hive: {
      tables: async (database: string) =>
        database === "event" ? (left.tables ?? []) : [],
    },
    config: {
      audit: { lookbackHours: 168 },
      naming: namingRules.parse({}),
      refine: {},
    },
  }) as unknown as Parameters<typeof goneTopics>[0];

test("topics that are gone are audited where they were imported lately, or had something unread", async () => {
  const found = await goneTopics(
    clients(
      {
        "there/0": NOW,
        "lately/0": NOW - 100 * HOUR_MS,
        "long-ago/0": NOW - 200 * HOUR_MS,
      },
      [{ topic: "unread", unread: 3 }, { topic: "whole" }, { topic: "there" }],
    ),
    ["there"],
  );
  expect(found.topics.sort()).toEqual(["lately", "unread"]);
  expect(found.problems).toEqual([]);
});

test("topics of which only a directory of raw hours or a table is left are audited, each once", async () => {
  const found = await goneTopics(
    clients(
      {
        "eventlogging_Lately/0": NOW,
        "eventlogging_once.so_called/0": LONG_AGO,
        "eventlogging_Once-Table/0": LONG_AGO,
      },
      [],
      {
        directories: [
          "eventlogging_Edit",
          "eventlogging_Dir-Only",
          "eventlogging_with_dot",
          "eventlogging_Lately",
          "no_dataset",
          "eventlogging_once_so_called",
        ],
        tables: ["edit", "dir_only", "lately", "once_table", "table_only"],
      },
    ),
    ["eventlogging_Edit", "eventlogging_with.dot"],
  );
  expect(found).toEqual({
    topics: [
      "eventlogging_Lately",
      "eventlogging_Dir-Only",
      "eventlogging_once.so_called",
      "eventlogging_Once-Table",
      "eventlogging_table_only",
    ],
    problems: [],
  });
});

test("where a position or the importer does not tell when it was reached, its topic is audited", async () => {
  const found = async (state: object) => {
    const given = clients({}, []);
    given.source.state = async () => ({ problems: [], ...state }) as never;
    return (await goneTopics(given, [])).topics;
  };
  const position = { offset: "5" };
  expect(
    await found({ lastRun: NOW, positions: new Map([["a/0", position]]) }),
  ).toEqual(["a"]);
  const old = { offset: "5", time: LONG_AGO };
  expect(await found({ positions: new Map([["a/0", old]]) })).toEqual(["a"]);
});

test("what cannot be asked for gone topics is told, and the rest is found all the same", async () => {
  const down = () => Promise.reject(new Error("is down"));
  const broken = clients({ "eventlogging_Lately/0": NOW }, [], {
    directories: ["eventlogging_Dir"],
  });
  const without = (part: object) =>
    goneTopics({ ...broken, ...part } as typeof broken, []);
  for (const [part, named] of [
    [{ source: { state: down } }, "the importer's state"],
    [{ storage: { read: down } }, "what audits know of"],
    [{ hdfs: { list: down } }, "/wmf/data/raw/eventlogging"],
    [{ hive: { tables: down } }, "the tables of event"],
  ] as const) {
    const { topics, problems } = await without(part);
    expect(topics.length).toBeGreaterThan(0);
    expect(problems).toEqual([
      `topics that Kafka no longer has may be left out, as ${named} cannot be read: is down`,
    ]);
  }
});

test("where nobody refines no table is asked for", async () => {
  const asked = clients({ "eventlogging_Lately/0": NOW }, [], {
    tables: ["left"],
  });
  const { refine: _, ...config } = asked.config;
  const hive = { tables: () => Promise.reject(new Error("none")) };
  expect(
    await goneTopics({ ...asked, config, hive } as typeof asked, []),
  ).toEqual({ topics: ["eventlogging_Lately"], problems: [] });
});
