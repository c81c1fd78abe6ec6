import { camusImporter } from "../../../importers/camus";
import { Hdfs } from "../../../clients/hdfs/hdfs";
import { tagOf } from "../../../activities/backfill/yarn-tag";
import { Kafka } from "../../../clients/kafka/kafka";
import { readRanges } from "../../../clients/kafka/ranged-read";
import { rows } from "../../../clients/hdfs/parquet";
import { BACKFILL_HEADER } from "../../../domain/backfill/replay-headers";
import { Yarn } from "../../../clients/yarn/yarn";
import { datasetOf } from "../../../domain/settings/dataset";
import { partitionPath } from "../../../lib/hour";
import { DONE_FLAG } from "../../../formats/refine/done-flag";
import type { EventCapsule } from "../../../formats/eventlogging/event-capsule";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { loadConfig } from "../../../workers/config";
import { eventsIn, type Scenario } from "./scenario";
import { canonicalJson } from "../../../lib/canonical-json";
import { parsePartitionKey } from "../../../lib/keys";
import type { BackfillResult } from "../../../domain/backfill/report";

/** Retention by topic (null: none of its own), the importer's offset by partition, done flags' contents by path. */
type State = {
  retention: Record<string, string | null>;
  positions: Record<string, string>;
  flags: Record<string, string>;
};

/** How a saga ended: with its result, aborted by the chaos, or otherwise. */
export type Ended =
  { result: BackfillResult } | { aborted: string } | { failed: string };

/** Reads the platform itself, with clients of its own and the superuser's rights, and says what a saga has left wrong. */
export class Judge {
  private readonly config = loadConfig(CONFIG_FILE);
  private readonly kafka = new Kafka(this.config.kafka.brokers);
  private readonly hdfs = new Hdfs({
    ...this.config.hdfs,
    allowedPrefixes: [],
  });
  private readonly yarn = new Yarn(
    this.config.yarn.resourceManager,
    this.config.hdfs.user,
  );

  close(): Promise<void> {
    return this.kafka.close();
  }

  private dirOf(s: Scenario, hour: string): string {
    return `${datasetOf(s.topic, this.config.naming)!.refinedDir}/${partitionPath(hour)}`;
  }

  /** What a saga may change of its own topic at most, and of no other: read for every topic of a batch. */
  async state(all: Scenario[]): Promise<State> {
    const state: State = { retention: {}, positions: {}, flags: {} };
    const { positions } = await camusImporter(
      this.hdfs,
      this.config.importer,
    ).state();
    for (const s of all) {
      state.retention[s.topic] =
        (await this.kafka.ownConfig(s.topic))["retention.ms"] ?? null;
      for (const [key, { offset }] of positions)
        if (parsePartitionKey(key).topic === s.topic)
          state.positions[key] = offset;
      for (const hour of Object.values(s.hours)) {
        const flag = `${this.dirOf(s, hour)}/${DONE_FLAG}`;
        const content = await this.hdfs.read(flag);
        if (content) state.flags[flag] = content.toString("base64");
      }
    }
    return state;
  }

  /** How many events of a topic a replay has produced. @throws Error where one of them is there twice */
  async replayed(s: Scenario): Promise<number> {
    const landed = await this.landed(s.topic);
    for (const [uuid, times] of landed)
      if (times !== 1) throw new Error(`${uuid} was replayed ${times} times`);
    return landed.size;
  }

  /** How many events of a topic's hours have exactly one row. */
  async rowsOnce(s: Scenario): Promise<number> {
    let once = 0;
    for (const hour of Object.values(s.hours)) {
      const have = await this.rowsOf(s, hour);
      once += eventsIn(s, hour).filter((e) => have.get(e.uuid) === 1).length;
    }
    return once;
  }

  /** How often each replayed event, by its uuid, lies in a topic. */
  private async landed(topic: string): Promise<Map<string, number>> {
    const count = new Map<string, number>();
    const offsets = await this.kafka.offsets(topic);
    await readRanges(
      this.kafka,
      new Map([
        [
          topic,
          offsets.map((o) => ({
            partition: o.partition,
            from: o.low,
            to: o.high,
          })),
        ],
      ]),
      (m) => {
        if (!(BACKFILL_HEADER in m.headers) || !m.value) return;
        const { uuid } = JSON.parse(m.value.toString("utf8")) as EventCapsule;
        count.set(uuid, (count.get(uuid) ?? 0) + 1);
      },
    );
    return count;
  }

  /** How many rows of an hour's partition each uuid has. */
  private async rowsOf(
    s: Scenario,
    hour: string,
  ): Promise<Map<string, number>> {
    const dir = this.dirOf(s, hour);
    const count = new Map<string, number>();
    for (const file of (await this.hdfs.list(dir)) ?? [])
      if (file.name.endsWith(".parquet"))
        for (const row of await rows(this.hdfs, `${dir}/${file.name}`, [
          "uuid",
        ]))
          count.set(
            String(row["uuid"]),
            (count.get(String(row["uuid"])) ?? 0) + 1,
          );
    return count;
  }

  /** What is wrong with a topic's hours that are to be repaired: each event has one row, and each hour its flag. */
  private async wrongHours(s: Scenario, now: State): Promise<string[]> {
    const found: string[] = [];
    for (const hour of Object.values(s.hours)) {
      const wanted = new Set(eventsIn(s, hour).map((e) => e.uuid));
      const have = await this.rowsOf(s, hour);
      const once = [...wanted].filter((u) => have.get(u) === 1).length;
      if (once < wanted.size || have.size !== wanted.size)
        found.push(
          `${hour}: ${once} of ${wanted.size} events have exactly one row, ${have.size} rows' uuids`,
        );
      if (!(`${this.dirOf(s, hour)}/${DONE_FLAG}` in now.flags))
        found.push(`${hour} has no done flag`);
    }
    return found;
  }

  /** What is wrong after a saga has ended; empty where nothing is. */
  async wrongs(
    s: Scenario,
    all: Scenario[],
    before: State,
    saga: string,
    ended: Ended,
  ): Promise<string[]> {
    const found: string[] = [];
    const must = (ok: boolean, orElse: string) =>
      void (ok || found.push(orElse));
    const now = await this.state(all);
    const lost = new Set(eventsIn(s, s.hours.lost).map((e) => e.uuid));
    const landed = await this.landed(s.topic);
    const apps = await this.yarn.byTag(tagOf(saga, "refine"));
    const good = apps.filter((a) => a.finalStatus === "SUCCEEDED");
    const others = (
      part: Record<string, unknown>,
      own: (key: string) => boolean,
    ) => Object.fromEntries(Object.entries(part).filter(([key]) => !own(key)));
    const equal = (what: string, a: unknown, b: unknown) =>
      must(
        canonicalJson(a) === canonicalJson(b),
        `${what}: ${canonicalJson(b)} before, ${canonicalJson(a)} after`,
      );

    must(
      [...landed.values()].every((n) => n === 1),
      `${[...landed.values()].filter((n) => n > 1).length} events were replayed more than once`,
    );
    must(
      [...landed.keys()].every((uuid) => lost.has(uuid)),
      "events were replayed that were not lost",
    );
    equal("retention", now.retention, before.retention);
    const ownFlag = (path: string) => path.includes(`/${s.schema}/`);
    const ownPosition = (key: string) =>
      parsePartitionKey(key).topic === s.topic;
    equal(
      "flags of other topics",
      others(now.flags, ownFlag),
      others(before.flags, ownFlag),
    );
    equal(
      "offsets of other topics",
      others(now.positions, ownPosition),
      others(before.positions, ownPosition),
    );
    must(good.length <= 1, `${good.length} Refine applications succeeded`);
    must(
      apps.every((a) => ["FINISHED", "KILLED", "FAILED"].includes(a.state)),
      `Refine applications still run: ${apps.map((a) => `${a.id} ${a.state}`).join(", ")}`,
    );
    if ("failed" in ended) return [...found, `it ended with: ${ended.failed}`];
    if ("aborted" in ended) {
      // What is imported, refined and verified stays so: an abort that finds the proof there puts no position back.
      if (ended.aborted.includes('no "restore offsets"'))
        found.push(...(await this.wrongHours(s, now)));
      else equal("offsets", now.positions, before.positions);
      if (good.length === 0) equal("flags", now.flags, before.flags);
      else
        must(
          Object.keys(before.flags).every((f) => f in now.flags),
          "a flag is gone",
        );
      must(!ended.aborted.includes("NOT undone"), ended.aborted);
      return found;
    }
    const { result } = ended;
    if (!("report" in result)) return [...found, "it found nothing to do"];
    must(good.length === 1, `${good.length} Refine applications succeeded`);
    must(
      [...lost].every((uuid) => landed.get(uuid) === 1),
      `${landed.size} of ${lost.size} lost events are in Kafka`,
    );
    found.push(...(await this.wrongHours(s, now)));
    must(result.holds, "the report says that the proof does not hold");
    const { found: sum, lostOffsets, replayed } = result.numbers;
    must(
      sum.events === lost.size &&
        replayed.landed === lost.size &&
        lostOffsets === sum.messages + sum.unrecoverable,
      `the report's sum is ${JSON.stringify({ lostOffsets, ...sum, ...replayed })}, lost were ${lost.size} events`,
    );
    return found;
  }
}
