import type { Importer } from "../../../importers/importer";
import { partitionKey } from "../../../lib/keys";
import { call } from "./faults";
import type { MemoryKafka } from "./systems";

/** Camus in memory: runs that each keep the positions of all topics, and the raw files that they write. */
export class MemoryCamus {
  private readonly runs: {
    name: string;
    positions: Record<string, number>;
  }[] = [];
  /** Uuids of replayed events by the topic and the offset at which a run began. */
  private readonly raw = new Map<string, string[]>();

  constructor(private readonly kafka: MemoryKafka) {}

  /** Where it stands: the newest run's positions. */
  get positions(): Record<string, number> {
    return { ...this.runs.at(-1)!.positions };
  }

  addRun(
    positions: Record<string, number>,
    name = `2018-07-05-05-05-${String(this.runs.length).padStart(2, "0")}`,
  ): string {
    this.runs.push({ name, positions });
    return name;
  }

  /** One run: it begins at the stored offsets, or at the earliest where those were deleted. */
  run(topics: string[]): void {
    const { positions } = this;
    for (const topic of topics) {
      const { low } = this.kafka.logs.get(topic)!;
      const from = Math.max(positions[topic] ?? 0, low);
      // A run may begin while a replay is under way, whose open transactions nobody may read yet.
      const to = this.kafka.lastStable(topic);
      this.raw.set(`${topic} ${from}`, [
        ...this.kafka
          .committed(topic, from, to)
          .flatMap((m) => m.headers["uuid"] ?? []),
      ]);
      positions[topic] = Math.max(from, to);
    }
    this.addRun(positions);
  }

  /** Uuids of a topic's replayed events that lie in raw hours. */
  importedOf(topic: string): Set<string> {
    return new Set(
      [...this.raw]
        .filter(([key]) => key.startsWith(`${topic} `))
        .flatMap(([, uuids]) => uuids),
    );
  }

  /** What activities take for the importer. */
  get importer(): Importer {
    const importer = {
      state: () =>
        call(() => ({
          run: this.runs.at(-1)!.name,
          positions: new Map(
            Object.entries(this.positions).map(([topic, offset]) => [
              partitionKey(topic, 0),
              { offset: String(offset) },
            ]),
          ),
          problems: [],
        })),
      steering: {
        runNames: () => call(() => this.runs.map(({ name }) => name)),
        settle: (before: string[]) =>
          call(() =>
            this.runs
              .map(({ name }) => name)
              .filter((name) => !before.includes(name)),
          ),
        putBack: (topics: string[], { after }: { after: string }) =>
          call(() => {
            const before = this.runs.find((run) => run.name === after)!;
            const { positions } = this;
            for (const topic of topics)
              positions[topic] = before.positions[topic]!;
            return this.addRun(positions);
          }),
      },
    };
    return importer as unknown as Importer;
  }
}
