import {
  isOutOfRangeLine,
  parseOutOfRange,
} from "../../../formats/camus/camus-log";
import {
  decodeDoneFlag,
  encodeDoneFlag,
} from "../../../formats/refine/done-flag";
import {
  parseLogHead,
  parseRefineMention,
  parseRefineStatus,
  parseRefineTotal,
} from "../../../formats/refine/refine-log-line";
import { readJavaObject } from "../../../formats/hadoop/java-serialized";
import { tfileBlocks } from "../../../formats/yarn-log/tfile";
import { yarnLogLines } from "../../support/yarn-log-lines";
import { DriverProgress } from "../../../domain/backfill/driver-progress";
import { fixture, type Parser, texts } from "../parser";

const TARGET =
  "/wmf/data/raw/eventlogging/eventlogging_Edit/hourly/2018/07/05/03 -> `event`.`Edit` (year=2018,month=7,day=5,hour=3)";
const REFINE_LINES = [
  `18/07/05 12:43:36 INFO Refine: Finished refinement of dataset ${TARGET}. (# refined records: 42)`,
  `18/07/05 12:43:36 ERROR JsonRefine: Failed refinement of JSON dataset ${TARGET}.`,
  `18/07/05 12:43:36 INFO Refine: Beginning refinement of ${TARGET}...`,
  `18/07/05 12:43:36 WARN Refine: ${TARGET} is empty after transformations`,
  "18/07/05 12:43:36 INFO Refine: Refining 12 dataset partitions in into tables `event`.`edit`",
];
const CAMUS_LINES = [
  "18/06/26 21:05:01 ERROR mapred.EtlInputFormat: The earliest offset was found to be more than the current offset: a\turi:tcp://h:9092\tleader:1001\tpartition:0\tearliest_offset:174\toffset:100\tlatest_offset:200\tavg_msg_size:512",
  "18/06/26 21:05:01 INFO mapred.EtlInputFormat: move_to_earliest: false offset_unset: false",
];

/** The index of an IndexedFile: before its length (int32) and 32 bytes at the end. */
function javaStream(): Buffer {
  const file = fixture("ifile-none");
  const end = file.length - 36;
  return file.subarray(end - file.readInt32BE(end), end);
}

/** What `yarn logs` has printed, as far as the end of its first log: one that is cut off is refused. */
const firstLogOf = (printed: Buffer): Buffer =>
  printed.subarray(
    0,
    printed.indexOf("\n", printed.indexOf("\nEnd of LogType") + 1) + 1,
  );

export const LOGS: Parser[] = [
  {
    name: "yarn-tfile",
    seeds: () => [fixture("tfile-none")],
    parse: async (bytes, work) => {
      await work.all(yarnLogLines(work.file(bytes)));
      // Most mutations leave a file's end alone: of its blocks the positions count, too.
      return tfileBlocks(work.file(bytes));
    },
  },
  {
    name: "yarn-ifile",
    seeds: () => [fixture("ifile-none")],
    parse: async (bytes, work) =>
      void (await work.all(yarnLogLines(work.file(bytes)))),
  },
  {
    name: "yarn-printed",
    seeds: () =>
      ["tfile-none.txt", "ifile-none.txt"].map((name) =>
        firstLogOf(fixture(name)),
      ),
    parse: async (bytes, work) =>
      void (await work.all(yarnLogLines(work.file(bytes)))),
  },
  {
    name: "java-serialized",
    seeds: () => [javaStream()],
    parse: (bytes) => void readJavaObject(bytes),
  },
  {
    name: "refine-log",
    seeds: texts(...REFINE_LINES, REFINE_LINES.join("\n")),
    parse: (bytes) => {
      const log = bytes.toString("utf8");
      const driver = new DriverProgress();
      driver.readLog(log);
      return [
        driver.total,
        driver.ended,
        driver.failed,
        ...log
          .split("\n")
          .flatMap((line) => [
            parseRefineStatus(line),
            parseRefineMention(line),
            parseRefineTotal(line),
            parseLogHead(line),
          ]),
      ];
    },
  },
  {
    name: "camus-log",
    seeds: texts(CAMUS_LINES.join("\n")),
    parse: (bytes) => {
      const lines = bytes.toString("utf8").split("\n");
      lines.forEach(isOutOfRangeLine);
      return parseOutOfRange(lines);
    },
  },
  {
    name: "done-flag",
    seeds: () => [encodeDoneFlag(Date.UTC(2018, 6, 5, 4, 5))],
    parse: (bytes) => decodeDoneFlag(bytes),
  },
];
