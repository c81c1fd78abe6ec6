import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { ServiceError } from "../../../clients/errors";
import { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Exchange } from "../../../clients/http-exchange";
import { registerCodecs } from "../../../clients/kafka/codecs";
import { Yarn } from "../../../clients/yarn/yarn";
import { decodeLogSizes } from "../../../formats/kafka/log-dirs";
import { decodeTopicIds } from "../../../formats/kafka/metadata";
import {
  decodeGroupRights,
  decodeTopicRights,
} from "../../../formats/kafka/rights";
import { decodeProduceResponse } from "../../../formats/kafka/produce";
import {
  xerialChunks,
  xerialFrame,
} from "../../../formats/kafka/xerial-snappy";
import { compressFrameSync } from "lz4-napi";
import { compressSync } from "snappy";
import {
  LOG_DIRS_ANSWER,
  METADATA_ANSWER,
  PRODUCED_ANSWER,
  GROUP_RIGHTS_ANSWER,
  TOPIC_RIGHTS_ANSWER,
} from "../seeds/kafka";
import { fixture, type Parser, texts } from "../parser";
import { EVENT_LINES } from "../seeds/events";

registerCodecs();
const EVENTS = Buffer.from(EVENT_LINES.join(""));

const decompress = (type: CompressionTypes, bytes: Buffer): Promise<Buffer> =>
  (
    CompressionCodecs[type as keyof typeof CompressionCodecs] as () => {
      decompress: (bytes: Buffer) => Promise<Buffer>;
    }
  )().decompress(bytes);

/** A frame of one raw block (RFC 8878): its length in the header. */
const zstdFrame = (content: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from("28b52ffd20", "hex"),
    Buffer.from([content.length]),
    Buffer.from([(content.length << 3) | 1, content.length >> 5, 0]),
    content,
  ]);

const codec = (
  name: string,
  type: CompressionTypes,
  ...seeds: Buffer[]
): Parser => ({
  name: `kafka-${name}`,
  seeds: () => seeds,
  parse: async (bytes) => (await decompress(type, bytes)).length,
});

/** The statuses with which an answer may come, and what it says it holds. */
const WAYS = [
  { status: 200, headers: { "content-type": "application/json" } },
  { status: 200, headers: { "content-type": "application/octet-stream" } },
  { status: 404, headers: { "content-type": "application/json" } },
  { status: 500, headers: {} },
] as const;

/** What the services of these parsers answer. */
let exchanged: {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
};

/** A client's read of what a service answers, whatever its status. All that it may throw is that the service failed. */
const answer = (
  name: string,
  seeds: () => Buffer[],
  ...reads: (() => Promise<unknown>)[]
): Parser => ({
  name: `answer-${name}`,
  seeds,
  parse: async (bytes) => {
    const given: unknown[] = [];
    let refused: unknown;
    for (const way of WAYS) {
      exchanged = { ...way, body: bytes };
      for (const read of reads) {
        await read().then(
          (value) => given.push(value),
          (error: unknown) => {
            if (!(error instanceof ServiceError)) throw error;
            refused ??= error;
          },
        );
      }
    }
    if (given.length === 0) throw refused;
    return given;
  },
  refuses: (error) => error instanceof ServiceError,
});

const exchange: Exchange = async ({ url }) => {
  const { status, headers, body } = exchanged;
  return {
    url,
    status,
    headers: { get: (name) => headers[name] ?? null },
    body,
  };
};
const access = { exchange, exchangeInPieces: exchange, byKerberos: false };
const hdfs = new Hdfs(
  {
    webhdfs: "http://namenode:9870",
    user: "sisyphus",
    allowedPrefixes: ["/"],
  },
  access,
);
const yarn = new Yarn("http://resourcemanager:8088", "sisyphus", access);

const STATUS = {
  accessTime: 0,
  blockSize: 134217728,
  group: "supergroup",
  length: 24930,
  modificationTime: 1530764701000,
  owner: "analytics",
  pathSuffix: "eventlogging_Edit.1001.0.23.35.1529899200000",
  permission: "644",
  replication: 3,
  type: "FILE",
};
const APPLICATION = {
  id: "application_1530000000000_0001",
  name: "refine",
  state: "FINISHED",
  finalStatus: "SUCCEEDED",
  startedTime: 1530764701000,
  elapsedTime: 60000,
  applicationTags: "sisyphus",
  diagnostics: "",
  user: "analytics",
};
const json = (value: unknown) => JSON.stringify(value);

export const ANSWERS: Parser[] = [
  {
    name: "kafka-log-dirs",
    seeds: () => [LOG_DIRS_ANSWER],
    parse: (bytes) => decodeLogSizes(bytes),
  },
  {
    name: "kafka-metadata",
    seeds: () => [METADATA_ANSWER],
    parse: (bytes) => decodeTopicIds(bytes),
  },
  {
    name: "kafka-topic-rights",
    seeds: () => [TOPIC_RIGHTS_ANSWER],
    parse: (bytes) => decodeTopicRights(bytes),
  },
  {
    name: "kafka-group-rights",
    seeds: () => [GROUP_RIGHTS_ANSWER],
    parse: (bytes) => decodeGroupRights(bytes),
  },
  {
    name: "kafka-produced",
    seeds: () => [PRODUCED_ANSWER],
    parse: (bytes) => decodeProduceResponse(bytes),
  },
  {
    name: "kafka-xerial",
    seeds: () => [xerialFrame(compressSync(EVENTS))],
    parse: (bytes) => xerialChunks(bytes).length,
  },
  codec(
    "snappy",
    CompressionTypes.Snappy,
    xerialFrame(compressSync(EVENTS)),
    compressSync(EVENTS),
  ),
  codec("lz4", CompressionTypes.LZ4, compressFrameSync(EVENTS)),
  codec(
    "zstd",
    CompressionTypes.ZSTD,
    zstdFrame(EVENTS.subarray(0, 200)),
    fixture("log-lines.zst"),
  ),
  answer(
    "webhdfs",
    texts(
      json({ FileStatuses: { FileStatus: [STATUS, STATUS] } }),
      json({ FileStatus: STATUS }),
      json({ ContentSummary: { fileCount: 1, directoryCount: 1, length: 9 } }),
      json({
        RemoteException: {
          exception: "FileNotFoundException",
          javaClassName: "java.io.FileNotFoundException",
          message: "File does not exist: /x",
        },
      }),
    ),
    () => hdfs.list("/x"),
    () => hdfs.stat("/x"),
    () => hdfs.summary("/x"),
    () => hdfs.mkdir("/x").catch(asOutage),
    async () => void (await hdfs.read("/x")),
  ),
  answer(
    "yarn",
    texts(
      json({ apps: { app: [APPLICATION, APPLICATION] } }),
      json({ apps: null }),
      json({ app: APPLICATION }),
      json({ state: "KILLED" }),
    ),
    () => yarn.byTag("sisyphus"),
    () => yarn.running(),
    () => yarn.application("application_1530000000000_0001"),
    () => yarn.kill("application_1530000000000_0001"),
  ),
];

/** That HDFS says no is no fault of a parser. */
function asOutage(error: Error): void {
  if (!error.message.includes("cannot be made")) throw error;
}
