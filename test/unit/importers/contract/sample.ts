import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Config } from "../../../../domain/settings/config";
import { avroFile } from "../../formats/avro/avro-file";
import { fileOf, realStore, SECOND } from "../gobblin/store";
import type { TreeFile } from "../tree";

/** What the contract needs to know of an importer to try it: a row for each kind, which the compiler demands. */
export type Sample = {
  config?: Partial<Config["importer"]>;
  /** Names that it gives, each with the hour of its directory. */
  names: { name: string; hour: string }[];
  /** Files whose names do not tell their records, with how many they have; none where names do. */
  counted: { name: string; bytes: Buffer; records: number }[];
  /** What it has stored of its own, below the folder `/store`; nothing for one that stores nothing. */
  stored: Record<string, Buffer | TreeFile>;
  /** One of these files without which it does not know where it stands. */
  position?: string[];
};

const fixture = (name: string): Buffer =>
  readFileSync(join(__dirname, "../../../fixtures", name));

const CAMUS_RUNS = ["2018-07-05-01-05-00", "2018-07-05-02-05-00"];

export const SAMPLES: Record<Config["importer"]["kind"], Sample> = {
  camus: {
    names: [
      { name: "t.1001.0.123.456.1530756000000", hour: "2018-07-05T02" },
      {
        name: "a_b.1001.3.1.9223372036854775807.1530756000000.gz",
        hour: "2018-07-05T02",
      },
    ],
    counted: [],
    stored: Object.fromEntries(
      CAMUS_RUNS.flatMap((run) =>
        ["errors-m-00000", "offsets-m-00000", "offsets-previous"].map(
          (name) => [`/store/${run}/${name}`, fixture(name)],
        ),
      ),
    ),
    position: CAMUS_RUNS.slice(-1).flatMap((run) => [
      `/store/${run}/offsets-m-00000`,
      `/store/${run}/offsets-previous`,
    ]),
  },
  "confluent-hdfs": {
    names: [{ name: "t+0+0000000100+0000000199.json", hour: "2018-07-05T02" }],
    counted: [
      {
        name: "t+0+0000000000+0000000009.avro",
        bytes: avroFile([2, 4]),
        records: 6,
      },
    ],
    stored: {},
  },
  gobblin: {
    config: { gobblin: { jobs: [], padded: true } },
    names: [
      { name: "part.task_a_1_0_3.txt.40.gzip", hour: "2018-07-05T02" },
      { name: "part.task_a_1_0_3.txt.gz", hour: "2018-07-05T02" },
    ],
    counted: [
      {
        name: "part.task_a_1_0_3.txt.gz",
        bytes: gzipSync("{}\n{}\n"),
        records: 2,
      },
    ],
    stored: { ...realStore(), "/store/b/x": Buffer.from("other") },
    position: [
      "/store/pageviews/current.jst",
      ...Object.keys(realStore()).filter(
        (path) => path.endsWith(".jst") && !path.includes("_tmp_"),
      ),
    ].filter((path) => !path.endsWith(fileOf(SECOND))),
  },
};
