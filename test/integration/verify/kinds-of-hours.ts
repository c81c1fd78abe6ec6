import { deflateSync } from "node:zlib";
import { writeSequenceFile } from "../../../formats/hadoop/sequence-file-writer";
import { addHours, type Hour } from "../../../lib/hour";
import {
  gz,
  HOUR,
  line,
  parquet,
  type Row,
  uuid,
} from "../../unit/activities/backfill/verify/refined-world";

/** An hour's files by their names. */
type HourFiles = {
  raw: Record<string, Buffer>;
  refined: Record<string, Buffer>;
};

const row = (n: number): Row => ({
  uuid: uuid(n),
  ip: "192.0.2.1",
  geocoded: n % 2 === 0,
});

const plain = (lines: string[]) =>
  Buffer.from(lines.map((l) => `${l}\n`).join(""));

const events = (...numbers: number[]) => numbers.map((n) => line(uuid(n)));

/** As Camus writes it. */
function sequenceFile(lines: string[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.from([142, bytes.length >> 8, bytes.length & 255]);
    return Buffer.concat([length, bytes]);
  };
  return writeSequenceFile({
    keyClass: "org.apache.hadoop.io.LongWritable",
    valueClass: "org.apache.hadoop.io.Text",
    records: lines.map((l) => ({ key: Buffer.alloc(8), value: text(l) })),
  });
}

/** Hadoop's framing of Snappy, with each chunk as one literal. */
function snappy(lines: string[]): Buffer {
  const bytes = plain(lines);
  const int32 = (n: number) => {
    const of = Buffer.alloc(4);
    of.writeInt32BE(n);
    return of;
  };
  const length = Buffer.from([
    (bytes.length & 127) | 128,
    (bytes.length >> 7) & 127,
  ]);
  const tag = Buffer.from([
    61 << 2,
    (bytes.length - 1) & 255,
    (bytes.length - 1) >> 8,
  ]);
  const chunk = Buffer.concat([length, tag, bytes]);
  return Buffer.concat([int32(bytes.length), int32(chunk.length), chunk]);
}

/** The kind whose raw file is written anew after it was listed. */
export const CHANGED = "a file that changes after it was listed";

/** One file each of what an hour can hold, by what it is; `whole` are those that Spark counts, of the others the worker tells what they are. */
export async function kindsOfHours(): Promise<{
  whole: Record<string, HourFiles>;
  others: Record<string, HourFiles>;
}> {
  const three = { "a.parquet": await parquet([1, 2, 3].map(row)) };
  const good = { "a.gz": gz(events(1, 2, 3)) };
  const damaged = Buffer.from(three["a.parquet"]).fill(255, 4, 64);
  const raw = (name: string, bytes: Buffer): HourFiles => ({
    raw: { [name]: bytes },
    refined: three,
  });
  const refined = (more: Record<string, Buffer>): HourFiles => ({
    raw: good,
    refined: { ...three, ...more },
  });
  return {
    whole: {
      "nothing at all": { raw: {}, refined: {} },
      "no rows": { raw: good, refined: {} },
      "no raw file": { raw: {}, refined: three },
      "gz of several members": raw(
        "a.gz",
        Buffer.concat([gz(events(1)), gz(events(2, 3))]),
      ),
      "gz that its name does not tell": raw("a", gz(events(1, 2, 3))),
      "plain text without a last line break": raw(
        "a.json",
        plain(events(1, 2, 3)).subarray(0, -1),
      ),
      deflate: raw("a.deflate", deflateSync(plain(events(1, 2, 3)))),
      "Snappy in Hadoop's framing": raw("a.snappy", snappy(events(1, 2, 3))),
      "a SequenceFile": raw("a", sequenceFile(events(1, 2, 3))),
      "an empty raw file": {
        raw: { ...good, empty: Buffer.alloc(0) },
        refined: three,
      },
      "an event that lies there twice": raw("a.gz", gz(events(1, 1, 2, 3))),
      "events without a row": raw("a.gz", gz(events(1, 2, 3, 4, 5))),
      "a row twice, and one without an event": refined({
        "b.parquet": await parquet([row(3), row(9)]),
      }),
      "a file without ip": refined({
        "b.parquet": await parquet([row(4)], ["geocoded_data"]),
      }),
      "rows without ip, and not geocoded": refined({
        "b.parquet": await parquet([
          { uuid: uuid(4), ip: null, geocoded: true },
          { uuid: uuid(5), ip: "192.0.2.1" },
        ]),
      }),
      "columns of another type": refined({
        "b.parquet": await parquet(
          [row(2)],
          ["ip", "geocoded_data::varchar as geocoded_data"],
        ),
      }),
      "names that are no data's": {
        raw: { ...good, "_tmp.gz": Buffer.from("no data") },
        refined: { ...three, _REFINED: Buffer.alloc(0) },
      },
      "unusual events": raw(
        "a.gz",
        gz([
          line(uuid(1), { event: [] }),
          line(uuid(2), { title: "\u2028 ä \ud83d\ude00", seqId: 7 }),
          line(uuid(9)).replace(/}$/, `,"uuid":"${uuid(3)}"}`),
        ]),
      ),
    },
    others: {
      [CHANGED]: { raw: good, refined: three },
      "gz that is cut off": raw("a.gz", gz(events(1, 2, 3)).subarray(0, -9)),
      "a SequenceFile that is cut off": raw(
        "a",
        sequenceFile(events(1, 2, 3)).subarray(0, -9),
      ),
      "Snappy that ends within a length": raw(
        "a.snappy",
        Buffer.concat([snappy(events(1, 2, 3)), Buffer.from([0, 0])]),
      ),
      "bzip2 of nothing, under a name of text": raw(
        "a.json",
        Buffer.from("BZh9\u0017rE8P", "latin1"),
      ),
      "lines that are no events": raw(
        "a.gz",
        gz(["no JSON", ...events(1, 2, 3), line(uuid(4), { seqId: "none" })]),
      ),
      "another encoding": raw(
        "a.json",
        Buffer.from(`${line(uuid(1), { title: "é" })}\n`, "latin1"),
      ),
      "a Parquet file that is cut off": refined({
        "b.parquet": three["a.parquet"].subarray(0, -5),
      }),
      "an empty Parquet file": refined({ "b.parquet": Buffer.alloc(0) }),
      "damaged pages": refined({ "b.parquet": damaged }),
    },
  };
}

/** The hour of a kind. */
export const hourOfKind = (i: number): Hour => addHours(HOUR, i);
