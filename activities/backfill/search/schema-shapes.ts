import { beat } from "../../beat";
import { ApplicationFailure } from "@temporalio/common";
import type { EventArchive } from "../../../clients/event-archive";
import type { FatalType } from "../../../clients/errors";
import type { SearchedTopic } from "../../../domain/backfill/missing";
import type { Config } from "../../../domain/settings/config";
import { datasetOf } from "../../../domain/settings/dataset";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../../../formats/eventlogging/event-capsule";
import { EventShape } from "../../../formats/eventlogging/event-shape";
import { rawLines } from "../../../importers/raw-lines";
import { addHours, type HourRange, hoursIn } from "../../../lib/hour";
import type { HeldDeps } from "./collect-held";

export type ShapeDeps = Pick<HeldDeps, "hdfs" | "source"> & {
  config: Pick<Config, "naming">;
  archive: EventArchive;
};

/** Events of one source that are looked at for one topic, or schema and revision: a field that none of them has is seldom worth more. */
const MAX_EVENTS = 20_000;
/** Raw hours before the range that are looked at where those of the range do not tell: the week that Kafka would hold. */
const HOURS_BEFORE = 168;
const EVENTS_PER_BEAT = 5000;

const BAD_FORMAT: FatalType = "BadFormat";

/**
 * What events show of the schemas' fields, for the reading of MySQL's rows. Events are read only as far as they are asked for: of the topic's
 * raw hours first, and of this host's archive where these do not tell what must be told.
 */
export class SchemaShapes {
  private readonly shapes = new Map<string, EventShape>();
  private readonly raw = new Map<string, AsyncIterator<EventCapsule>>();
  /** One reading for all schemas. */
  private archived: AsyncIterator<EventCapsule> | undefined;
  private readonly fromArchive = new Map<EventShape, number>();

  constructor(
    private readonly deps: ShapeDeps,
    private readonly topics: SearchedTopic[],
    private readonly range: HourRange,
  ) {}

  /** What is known so far. */
  shapeOf(schema: string, revision: number): EventShape {
    const key = `${schema} ${revision}`;
    let shape = this.shapes.get(key);
    if (!shape) this.shapes.set(key, (shape = new EventShape()));
    return shape;
  }

  /**
   * Reads on until the columns are known, or no source has more to say.
   * @param unknown columns that raw hours are asked for; `needed` are those that the archive is asked for, too
   */
  async learn(
    topic: SearchedTopic,
    revision: number,
    { unknown, needed }: { unknown: string[]; needed: string[] },
  ): Promise<void> {
    const shape = this.shapeOf(topic.schema, revision);
    const knows = (columns: string[]) =>
      columns.every((column) => shape.field(column) !== undefined);
    let raw = this.raw.get(topic.topic);
    if (!raw) this.raw.set(topic.topic, (raw = this.rawEvents(topic)));
    while (!knows(unknown)) {
      const next = await raw.next();
      if (next.done) break;
      this.take(next.value);
    }
    this.archived ??= this.archivedEvents();
    while (!knows(needed) && (this.fromArchive.get(shape) ?? 0) < MAX_EVENTS) {
      const next = await this.archived.next();
      if (next.done) break;
      const taken = this.take(next.value);
      this.fromArchive.set(taken, (this.fromArchive.get(taken) ?? 0) + 1);
    }
  }

  /** Ends what is still being read; to be called whatever happened. */
  async close(): Promise<void> {
    for (const source of [...this.raw.values(), this.archived])
      await source?.return?.();
  }

  private take(event: EventCapsule): EventShape {
    const shape = this.shapeOf(event.schema, event.revision);
    shape.learn(event);
    return shape;
  }

  /** Events of the topic's raw hours: those of the range, and then those of the week before it, the newest hour first. */
  private async *rawEvents({
    topic,
    schema,
  }: SearchedTopic): AsyncGenerator<EventCapsule> {
    const { hdfs, source, config } = this.deps;
    const dataset = datasetOf(topic, config.naming)!;
    const { since } = this.range;
    const before = { since: addHours(since, -HOURS_BEFORE), until: since };
    let read = 0;
    const hours = [this.range, before].flatMap((r) => hoursIn(r).reverse());
    for (const hour of hours) {
      beat(`fields of ${schema}`);
      try {
        for await (const line of rawLines(
          hdfs,
          source.hourDir(dataset, hour),
        )) {
          const parsed = parseCapsuleLine(line);
          if ("error" in parsed || parsed.event.schema !== schema) continue;
          yield parsed.event;
          if (++read >= MAX_EVENTS) return;
          if (read % EVENTS_PER_BEAT === 0) beat(`fields of ${schema}`);
        }
      } catch (error) {
        // A bad file of the range ends the search where held events are collected. Here another hour may tell as much.
        const isBad =
          error instanceof ApplicationFailure && error.type === BAD_FORMAT;
        if (!isBad) throw error;
      }
    }
  }

  /** Events of the searched schemas in this host's archive, the newest file first. */
  private async *archivedEvents(): AsyncGenerator<EventCapsule> {
    const { archive } = this.deps;
    const schemas = new Set(this.topics.map(({ schema }) => schema));
    for (const file of (await archive.files()).reverse()) {
      const name = `fields in ${file}`;
      beat(name);
      for await (const event of archive.events(file, () => beat(name)))
        if (schemas.has(event.schema)) yield event;
    }
  }
}
