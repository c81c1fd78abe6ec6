import {
  candidateLine,
  candidateOf,
  heldLine,
  missingLine,
  parseCandidate,
  parseMissing,
} from "../../../formats/candidate";
import {
  hourToCountLine,
  parseCountedLine,
  parseHourToCount,
} from "../../../formats/counted-hour";
import {
  parseCapsuleLine,
  parseLosslessly,
  uuidOfLine,
} from "../../../formats/eventlogging/event-capsule";
import {
  capsuleTime,
  timeProblem,
} from "../../../formats/eventlogging/event-time";
import { EventShape } from "../../../formats/eventlogging/event-shape";
import type { ColumnKind } from "../../../formats/eventlogging/mysql-column";
import { readRow } from "../../../formats/eventlogging/mysql-event";
import { mysqlRow } from "../../../formats/eventlogging/mysql-row";
import { parseMediaWikiTime } from "../../../formats/eventlogging/mysql-time";
import { canonicalJson } from "../../../lib/canonical-json";
import { byteLinesOf, hadoopLines, linesOf } from "../../../lib/lines";
import { rowDifferences } from "../../../domain/backfill/row-compare";
import { inPieces, type Parser, texts } from "../parser";
import { EVENT_LINES, MYSQL_ROW, SECRETS } from "../seeds/events";
import { CAPSULES } from "../../../formats/eventlogging/capsules";

const candidates = EVENT_LINES.map((line) =>
  candidateOf(
    "eventlogging_Edit",
    0,
    CAPSULES.identified(JSON.parse(line))!,
    line,
  ),
);

const COLUMN_KINDS: readonly ColumnKind[] = [
  ...(["text", "integer", "json", "time"] as const),
  ...(["flag", "fraction", "float"] as const),
];

/** An answer in words is judged as an error's message is. */
const wordsOf = (told: string | undefined) => {
  if (told !== undefined && SECRETS.some((secret) => told.includes(secret)))
    throw new Error(`it quotes the input: ${told}`);
};

/** A value of JSON; undefined where a text is none. */
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

export const EVENTLOGGING: Parser[] = [
  {
    name: "event-line",
    seeds: texts(...EVENT_LINES),
    parse: (bytes) => {
      const line = bytes.toString("utf8");
      uuidOfLine(line);
      const parsed = parseCapsuleLine(line);
      if ("error" in parsed) return wordsOf(parsed.error);
      wordsOf(timeProblem(parsed.event));
      const read = CAPSULES.read(line);
      const { ms } = candidateOf(
        "t",
        0,
        "event" in read ? read.event : { uuid: "" },
        line,
      );
      const found = rowDifferences(parseLosslessly(line), parsed.event);
      return [
        ms,
        found.length,
        canonicalJson(parsed.event).length,
        mysqlRow(parsed.event)["timestamp"],
      ];
    },
  },
  {
    name: "event-time",
    seeds: texts(
      ...["2018-07-05T03:07:00Z", "20180705T030700+0100", "1530760020"],
      ...["2018-07-05 03:07:00.123456", "1530760020000", "1.5307e15"],
    ),
    parse: (bytes) => {
      const text = bytes.toString("utf8");
      wordsOf(timeProblem({ dt: text, timestamp: Number(text) }));
      return [
        capsuleTime({ dt: text }),
        capsuleTime({ timestamp: Number(text) }),
      ];
    },
  },
  {
    name: "mysql-row",
    seeds: texts(MYSQL_ROW),
    parse: (bytes) => {
      const row = jsonOf(bytes.toString("utf8"));
      if (row === null || typeof row !== "object") return;
      const cells = Object.entries(row as Record<string, unknown>);
      const read = readRow(
        cells.map(([name]) => ({
          name,
          kind: COLUMN_KINDS[name.length % COLUMN_KINDS.length]!,
          bits: false,
          binary: name.length % 2 === 0,
        })),
        cells.map(([, value]) => (value === null ? null : String(value))),
        { schema: "Edit", revision: 5 },
        new EventShape(),
      );
      return "event" in read && capsuleTime(read.event);
    },
  },
  {
    name: "mediawiki-time",
    seeds: texts("20180705030700"),
    parse: (bytes) => parseMediaWikiTime(bytes.toString("latin1")),
  },
  {
    name: "candidate-line",
    seeds: texts(...candidates.map(candidateLine)),
    parse: (bytes) => parseCandidate(bytes.toString("utf8")),
  },
  {
    name: "missing-line",
    seeds: texts(
      ...candidates.map((candidate) =>
        missingLine({ ...candidate, copies: 2 }),
      ),
    ),
    parse: (bytes) => {
      const { topic, uuid, ms, copies } = parseMissing(bytes.toString("utf8"));
      return [heldLine(topic, uuid).length, ms, copies];
    },
  },
  {
    name: "hour-to-count",
    seeds: texts(
      hourToCountLine({
        no: 3,
        raw: [{ path: "/raw/a", length: 5, mtime: 1, records: 2 }],
        refined: [{ path: "/refined/a", length: 6, mtime: 2 }],
        unread: "elsewhere",
      }),
    ),
    parse: (bytes) => parseHourToCount(bytes.toString("utf8"), "a file"),
  },
  {
    name: "counted-hour",
    seeds: texts([3, 0, 3, 2, 2, 3, 2, 1, 0, 1, 3, 3].join("\t")),
    parse: (bytes) => parseCountedLine(bytes.toString("utf8")),
  },
  {
    name: "lines",
    seeds: texts(`${EVENT_LINES.join("\r\n")}\n`, "a\rb\u2028c\n\n"),
    parse: async (bytes, work) => {
      const byBytes = await work.all(byteLinesOf(inPieces(bytes, 97)));
      const byText = await work.all(linesOf(inPieces(bytes, 101)));
      if (byBytes.flatMap(hadoopLines).join("\n") !== byText.join("\n"))
        throw new Error("lines differ by where the pieces end");
    },
  },
];
