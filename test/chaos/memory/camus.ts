import type { Hdfs } from "../../../clients/hdfs/hdfs";
import {
  furthest,
  readCamusOffsets,
  writeCamusOffsets,
} from "../../../formats/camus/etl-key";
import { camusImporter } from "../../../importers/camus";
import { nameOfRun } from "../../../importers/camus-history";
import type { Importer } from "../../../importers/importer";
import { parsePartitionKey, partitionKey } from "../../../lib/keys";
import type { MemoryKafka } from "./kafka";
import { CONFIG } from "./scenario";
import type { MemoryHdfs } from "./systems";

/** `<topic>/<partition>` to the offset at which Camus goes on. */
export type Positions = Record<string, number>;

/** So many milliseconds of the world's clock pass in one of ours: the names of Camus' runs have whole seconds. */
const SPEED = 100;

/** An EtlKey as Camus' class writes it (com.linkedin.camus.etl.kafka.common.EtlKey.write). */
function etlKey(key: string, offset: number): Buffer {
  const { topic, partition } = parsePartitionKey(key);
  const int32 = Buffer.alloc(4);
  int32.writeInt32BE(partition);
  const int64 = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  };
  const utf = (text: string) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  };
  return Buffer.concat([
    utf(""),
    int32,
    ...[0, offset, 0].map(int64),
    utf(topic),
    int64(0),
  ]);
}

const offsetsFile = (positions: Positions): Buffer =>
  writeCamusOffsets(
    Object.entries(positions).map(([key, offset]) => ({
      ...parsePartitionKey(key),
      leaderId: "",
      beginOffset: "0",
      offset: String(offset),
      time: 0,
      bytes: etlKey(key, offset),
    })),
  );

/**
 * Camus in memory: each run begins where the newest of the history stands, and publishes raw files and its directory of the history once it
 * ends. Two runs beside one another do not know of each other. Who reads and steers it does so with the real importer.
 */
export class MemoryCamus {
  /** Uuids of replayed events that lie in raw hours, by topic. */
  private readonly raw = new Map<string, Set<string>>();
  private readonly began = Date.now();
  constructor(
    private readonly kafka: MemoryKafka,
    private readonly hdfs: MemoryHdfs,
  ) {}

  /** What a worker takes for the importer: it remembers what it has read, and a worker that died has nothing left to remember. */
  importer(): Importer {
    return camusImporter(this.hdfs as unknown as Hdfs, CONFIG.importer);
  }

  /** Names of the history's directories, oldest first. */
  private get runNames(): string[] {
    const below = `${CONFIG.importer.historyPath}/`;
    const names = [...this.hdfs.files.keys()]
      .filter((path) => path.startsWith(below))
      .map((path) => path.slice(below.length).split("/")[0]!);
    return [...new Set(names)].sort();
  }

  get newestRun(): string {
    return this.runNames.at(-1)!;
  }

  /** Where it stands, by the newest directory of its history. */
  get positions(): Positions {
    const dir = `${CONFIG.importer.historyPath}/${this.newestRun}/offsets`;
    const keys = [...this.hdfs.files]
      .filter(([path]) => path.startsWith(dir))
      .flatMap(([, { data }]) => readCamusOffsets(data));
    return Object.fromEntries(
      [...furthest(keys)].map(([key, { offset }]) => [key, Number(offset)]),
    );
  }

  /** Writes a run into the history. */
  addRun(before: Positions, after: Positions, name: string): void {
    const dir = `${CONFIG.importer.historyPath}/${name}`;
    this.hdfs.put(`${dir}/offsets-previous`, offsetsFile(before));
    this.hdfs.put(`${dir}/offsets-m-00000`, offsetsFile(after));
  }

  /** The name of a run that begins now; no other has it. */
  private nameNow(): string {
    let time =
      Date.parse("2018-07-05T05:30:00Z") + (Date.now() - this.began) * SPEED;
    while (this.runNames.includes(nameOfRun(time))) time += 1000;
    return nameOfRun(time);
  }

  /**
   * Begins a run.
   * @param topics default: all
   * @param moves whether it moves itself to the earliest offset of a partition whose offset Kafka does not have; by default Camus skips that
   * @returns what it does in the end
   */
  begin(topics: string[] | undefined, moves: boolean): () => void {
    const name = this.nameNow();
    const before = this.positions;
    const after = { ...before };
    const pulled: { topic: string; uuids: string[] }[] = [];
    for (const topic of topics ?? this.kafka.logs.keys())
      for (const partition of this.kafka.partitionsOf(topic)) {
        const key = partitionKey(topic, partition);
        const { low } = this.kafka.partition(topic, partition);
        const stored = before[key] ?? low;
        if (stored < low && !moves) continue;
        const from = Math.max(stored, low);
        // A run may begin while a replay is under way, whose open transactions nobody may read yet.
        const to = Math.max(from, this.kafka.lastStable(topic, partition));
        const read = this.kafka.committedIn(topic, partition, from, to);
        pulled.push({
          topic,
          uuids: read.flatMap((m) => m.headers["uuid"] ?? []),
        });
        after[key] = to;
      }
    return () => {
      for (const { topic, uuids } of pulled)
        this.raw.set(
          topic,
          new Set([...(this.raw.get(topic) ?? []), ...uuids]),
        );
      this.addRun(before, after, name);
    };
  }

  /** Uuids of a topic's replayed events that lie in raw hours. */
  importedOf(topic: string): ReadonlySet<string> {
    return this.raw.get(topic) ?? new Set();
  }
}
