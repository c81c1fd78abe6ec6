import { deflateSync } from "node:zlib";
import { writeSequenceFile } from "../../../formats/hadoop/sequence-file-writer";
import { addHours, type Hour, hourStart } from "../../../lib/hour";
import {
  gz,
  HOUR,
  line,
  parquet,
  type Row,
  TOPIC,
  uuid,
} from "../../unit/activities/backfill/verify/refined-world";

/** A raw file: the number of records that its name tells, and its extension. */
type RawFile = { records: number; extension: string; bytes: Buffer };

/** An hour's files; data files and what is no data by their names. */
type HourFiles = {
  raw: RawFile[];
  refined: Record<string, Buffer>;
  noData?: Record<string, Buffer>;
};

/** The name that Camus gives a raw file. */
export const nameOfRaw = (
  { records, extension }: RawFile,
  hour: Hour,
  partition: number,
) =>
  `${TOPIC}.1.${partition}.${records}.${records}.${hourStart(hour)}${extension}`;

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

/** One hour each of what there can be, by what it is. Spark counts the `countable`; of the others the worker tells what they are. */
export async function kindsOfHours(): Promise<{
  countable: Record<string, HourFiles>;
  others: Record<string, HourFiles>;
}> {
  const three = { "a.parquet": await parquet([1, 2, 3].map(row)) };
  const file = (extension: string, bytes: Buffer, records = 3): RawFile => ({
    records,
    extension,
    bytes,
  });
  const good = file(".gz", gz(events(1, 2, 3)));
  const damaged = Buffer.from(three["a.parquet"]).fill(255, 4, 64);
  const withDictionary = deflateSync(plain(events(1, 2, 3)));
  withDictionary.set([0x78, 0xbb]);
  const raw = (...given: Parameters<typeof file>): HourFiles => ({
    raw: [file(...given)],
    refined: three,
  });
  const refined = async (...given: Parameters<typeof parquet>) => ({
    raw: [good],
    refined: { ...three, "b.parquet": await parquet(...given) },
  });
  const refinedBytes = (bytes: Buffer): HourFiles => ({
    raw: [good],
    refined: { ...three, "b.parquet": bytes },
  });
  const twoMembers = Buffer.concat([gz(events(1, 2, 3)), gz(events(4, 5))]);
  return {
    countable: {
      "nothing at all": { raw: [], refined: {} },
      "no rows": { raw: [good], refined: {} },
      "no raw file": { raw: [], refined: three },
      "gz of several members": raw(".gz", twoMembers, 5),
      "gz that its name does not tell": raw("", good.bytes),
      "plain text without a last line break": raw(
        "",
        plain(events(1, 2, 3)).subarray(0, -1),
      ),
      deflate: raw(".deflate", deflateSync(plain(events(1, 2, 3)))),
      "Snappy in Hadoop's framing": raw(".snappy", snappy(events(1, 2, 3))),
      "a SequenceFile": raw("", sequenceFile(events(1, 2, 3))),
      "an empty raw file": {
        raw: [good, file("", Buffer.alloc(0), 0)],
        refined: three,
      },
      "several raw files": {
        raw: [good, file(".gz", gz(events(3, 4)), 2)],
        refined: three,
      },
      "an event that lies there twice": raw(".gz", gz(events(1, 1, 2, 3)), 4),
      "events without a row": raw(".gz", gz(events(1, 2, 3, 4, 5)), 5),
      "a row twice, and one without an event": await refined([row(3), row(9)]),
      "a file without ip": await refined([row(4)], ["geocoded_data"]),
      "rows without ip, and not geocoded": await refined([
        { uuid: uuid(4), ip: null, geocoded: true },
        { uuid: uuid(5), ip: "192.0.2.1" },
      ]),
      "columns of another type": await refined(
        [row(2)],
        ["ip", "geocoded_data::varchar as geocoded_data"],
      ),
      "names that are no data's": {
        raw: [good],
        refined: { ...three, _REFINED: Buffer.alloc(0) },
        noData: { "_tmp.gz": Buffer.from("no data") },
      },
      "unusual events": raw(
        ".gz",
        gz([
          line(uuid(1), { event: [] }),
          line(uuid(2), { title: "\u2028 ä \ud83d\ude00", seqId: 7 }),
          line(uuid(9)).replace(/}$/, `,"uuid":"${uuid(3)}"}`),
        ]),
      ),
    },
    others: {
      [CHANGED]: { raw: [good], refined: three },
      "fewer events than its name tells": raw(".gz", good.bytes, 4),
      "more events than its name tells": raw(".gz", good.bytes, 2),
      "gz that is cut off": raw(".gz", good.bytes.subarray(0, -9)),
      "gz whose second member is cut off in its header": raw(
        ".gz",
        twoMembers.subarray(0, good.bytes.length + 10),
        5,
      ),
      "gz with something behind it": raw(
        ".gz",
        Buffer.concat([good.bytes, plain(events(4))]),
      ),
      "deflate with a dictionary": raw(".deflate", withDictionary),
      "a SequenceFile that is cut off": raw(
        "",
        sequenceFile(events(1, 2, 3)).subarray(0, -9),
      ),
      "Snappy that ends within a length": raw(
        ".snappy",
        Buffer.concat([snappy(events(1, 2, 3)), Buffer.from([0, 0])]),
      ),
      "text under the name of a codec": raw(".bz2", plain(events(1, 2, 3))),
      "bzip2 under a name of text": raw(
        "",
        Buffer.from("BZh9\u0017rE8P", "latin1"),
      ),
      "lines that are no events": raw(
        ".gz",
        gz(["no JSON", ...events(1, 2, 3), line(uuid(4), { seqId: "none" })]),
        5,
      ),
      "events of which a field is missing or too large": raw(
        ".gz",
        gz([
          line(uuid(1), { schema: undefined }),
          line(uuid(2)).replace(
            '"revision":1',
            '"revision":-9223372036854775808',
          ),
          line(uuid(3)),
        ]),
      ),
      "a carriage return within a line": raw(
        ".gz",
        gz([line(uuid(1)).replace("{", "{\r"), ...events(2, 3)]),
      ),
      "another encoding": raw(
        "",
        Buffer.from(`${line(uuid(1), { title: "é" })}\n`, "latin1"),
        1,
      ),
      "a Parquet file that is cut off": refinedBytes(
        three["a.parquet"].subarray(0, -5),
      ),
      "an empty Parquet file": refinedBytes(Buffer.alloc(0)),
      "damaged pages": refinedBytes(damaged),
      "a column whose name is in capitals": await refined(
        [row(4)],
        ['ip as "IP"', "geocoded_data"],
      ),
    },
  };
}

/** The hour of a kind. */
export const hourOfKind = (i: number): Hour => addHours(HOUR, i);
