import { deflateSync, gzipSync } from "node:zlib";
import { avroRecords } from "../../../clients/hdfs/avro";
import { readAvroBlock, readAvroHeader } from "../../../formats/avro/container";
import {
  furthest,
  readCamusErrors,
  readCamusOffsets,
} from "../../../formats/camus/etl-key";
import { readGobblinState } from "../../../formats/gobblin/dataset-state";
import { EndOfBytes } from "../../../formats/format-error";
import {
  ByteReader,
  decodeModifiedUtf8,
  encodeModifiedUtf8,
} from "../../../formats/hadoop/bytes";
import {
  hadoopConfiguration,
  parseSiteXml,
} from "../../../formats/hadoop/configuration";
import { textPieces, unframed } from "../../../formats/hadoop/compressed-text";
import {
  rawEventOf,
  readSequenceFile,
  sequenceRecords,
} from "../../../formats/hadoop/sequence-file";
import { writeSequenceFile } from "../../../formats/hadoop/sequence-file-writer";
import { expandSnappy } from "../../../formats/hadoop/snappy";
import { footerLength, readFooter } from "../../../formats/parquet/footer";
import { avroFile } from "../../unit/formats/avro/avro-file";
import { hadoopSnappy } from "../../unit/formats/hadoop/hadoop-snappy";
import { int, long, SYNC, text } from "../../unit/formats/hadoop/writables";
import {
  fixture,
  inPieces,
  isFormatError,
  type Parser,
  texts,
} from "../parser";
import { EVENT_LINES } from "../seeds/events";
import { compressSync } from "snappy";

const EVENTS = Buffer.from(`${EVENT_LINES.join("\n")}\n`);
const RAW_FILE = "eventlogging_Edit.1001.0.23.35.1529899200000";

/** A SequenceFile of raw events with each record compressed by itself, or none. */
function recordFile(codec?: string, pack = (bytes: Buffer) => bytes): Buffer {
  const key = long(1530760020000n);
  const value = pack(Buffer.concat([Buffer.from([5]), Buffer.from("event")]));
  const record = Buffer.concat([
    int(key.length + value.length),
    int(key.length),
    key,
    value,
  ]);
  return Buffer.concat([
    Buffer.from("SEQ\x06"),
    text("org.apache.hadoop.io.LongWritable"),
    text("org.apache.hadoop.io.Text"),
    Buffer.from([codec === undefined ? 0 : 1, 0]),
    ...(codec === undefined ? [] : [text(codec)]),
    int(1),
    text("a"),
    text("b"),
    SYNC,
    record,
    int(-1),
    SYNC,
    record,
  ]);
}
const CODECS = "org.apache.hadoop.io.compress";
const SEQUENCE_FILES = () => [
  fixture(RAW_FILE),
  recordFile(),
  recordFile(`${CODECS}.DefaultCodec`, (bytes) => deflateSync(bytes)),
  recordFile(`${CODECS}.GzipCodec`, (bytes) => gzipSync(bytes)),
  recordFile(`${CODECS}.SnappyCodec`, (bytes) => hadoopSnappy(bytes)),
];

/** A text file in a codec; the name tells which. */
const compressed = (name: string, file: Buffer): Parser => ({
  name: `text-file${name}`,
  seeds: () => [file],
  parse: async (bytes, work) =>
    void (await work.all(
      textPieces(`part-0${name}`, bytes.subarray(0, 16), inPieces(bytes)),
    )),
});

/** What a parser gives; the error itself where it refuses. */
function either<T>(parse: () => T): T | Error {
  try {
    return parse();
  } catch (error) {
    if (isFormatError(error)) return error as Error;
    throw error;
  }
}

export const HADOOP: Parser[] = [
  {
    name: "sequence-file",
    seeds: SEQUENCE_FILES,
    parse: async (bytes, work) => {
      const whole = either(() =>
        [...readSequenceFile(bytes).records].map(rawEventOf),
      );
      const file = work.file(bytes);
      const inParts = await work.all(sequenceRecords(file, 512)).then(
        (records) => either(() => records.map(rawEventOf)),
        (error: Error) => error,
      );
      const ends = [whole, inParts].map((end) => JSON.stringify(end));
      if (whole instanceof Error !== inParts instanceof Error)
        throw new Error("a file that is read in parts is another one");
      if (inParts instanceof Error) throw inParts;
      if (ends[0] !== ends[1])
        throw new Error("a file that is read in parts is another one");
      return whole;
    },
  },
  {
    name: "camus-offsets",
    seeds: () => ["offsets-m-00000", "offsets-previous"].map(fixture),
    parse: (bytes) => furthest(readCamusOffsets(bytes)),
  },
  {
    name: "camus-errors",
    seeds: () => [fixture("errors-m-00000")],
    parse: (bytes) => readCamusErrors(bytes),
  },
  {
    name: "gobblin-state",
    // Damage to compressed bytes seldom gets further than their checksum: each file also lies here without compression.
    seeds: () =>
      [
        "job_pageviews_1795629406319.jst",
        "current-apache-class.jst",
        "job_pubfail_1795629455203.jst",
      ].flatMap((name) => {
        const bytes = fixture(`gobblin/${name}`);
        return [bytes, writeSequenceFile(readSequenceFile(bytes))];
      }),
    parse: (bytes) => readGobblinState("current.jst", bytes),
  },
  {
    name: "avro-container",
    seeds: () => [avroFile([3, 1, 200]), avroFile([], '"string"')],
    parse: async (bytes, work) => {
      either(() => readAvroBlock(bytes));
      readAvroHeader(bytes);
      const file = work.file(bytes);
      const hdfs = {
        read: (_: string, at = 0, size = bytes.length) => file.read(at, size),
      };
      const status = { name: "a.avro", length: bytes.length };
      return avroRecords(hdfs, "/raw", status as never);
    },
  },
  {
    name: "parquet-footer",
    seeds: () => {
      const file = fixture("refined.parquet");
      return [file, file.subarray(-footerLength(file))];
    },
    parse: (bytes) => readFooter(bytes),
  },
  {
    name: "raw-snappy",
    seeds: () => [compressSync(EVENTS), compressSync(Buffer.alloc(3000, 7))],
    parse: (bytes) => expandSnappy(bytes).length,
  },
  {
    name: "framed-snappy",
    seeds: () => [hadoopSnappy(EVENTS, 500, 100)],
    parse: async (bytes, work) =>
      void (await work.all(unframed(inPieces(bytes, 13)))),
  },
  compressed("", EVENTS),
  compressed(".gz", gzipSync(EVENTS)),
  compressed(".deflate", deflateSync(EVENTS)),
  compressed(".snappy", hadoopSnappy(EVENTS)),
  {
    name: "modified-utf8",
    seeds: () => [encodeModifiedUtf8("a\0é\u2028𝄞"), ...texts("plain", "🄰🄱")()],
    parse: (bytes) => void decodeModifiedUtf8(bytes),
  },
  {
    name: "hadoop-configuration",
    seeds: texts(
      `<?xml version="1.0"?>
<configuration>
  <property><name>fs.defaultFS</name><value>hdfs://\${host}:8020</value></property>
  <property><name>host</name><value>\${env.HOST:-nn}</value><final>true</final></property>
</configuration>`,
    ),
    parse: (bytes) =>
      hadoopConfiguration([parseSiteXml(bytes.toString("utf8"), () => [])], {})
        .size,
  },
  {
    name: "hadoop-numbers",
    seeds: () => [
      Buffer.from("8f7f88ffffffffffffffff80ffffffffffffffff", "hex"),
      Buffer.from("05616263640561626364", "hex"),
    ],
    parse: (bytes) => {
      const reads: ((reader: ByteReader) => unknown)[] = [
        (reader) => reader.vint(),
        (reader) => reader.tfileVlong(),
        (reader) => void reader.text(),
        (reader) => void reader.tfileString(),
        (reader) => void reader.utf(),
      ];
      return reads.map((read) => {
        const reader = new ByteReader(bytes);
        const found: unknown[] = [];
        try {
          while (reader.left > 0) found.push(read(reader));
        } catch (error) {
          if (!(error instanceof EndOfBytes) && !isFormatError(error))
            throw error;
        }
        return found;
      });
    },
  },
];
