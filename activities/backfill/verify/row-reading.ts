import { rm } from "node:fs/promises";
import { cancellationSignal } from "@temporalio/activity";
import { type Connection, Engine } from "../../../clients/duckdb/engine";
import type { Storage } from "../../../clients/storage";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { VerifiedTopicHour } from "../../../domain/backfill/verification";
import { grouped } from "../../../lib/grouped";
import { mapPool } from "../../../lib/map-pool";
import { paceOf } from "../../../lib/pace";
import { total } from "../../../lib/total";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { compareRows } from "./compare-rows";
import type { CountedHour } from "./count-on-spark";
import { fetchHour, type ListedHour, listHour } from "./fetch-hour";
import { type HourLists, type PlacedHour, WIDTH } from "./hour-lists";
import { UuidWriter } from "./uuid-writer";
import {
  countRows,
  createUuidTables,
  RAW_UUIDS,
  REPLAYED_UUIDS,
} from "./row-counts";
import { replayedUuids } from "./replayed-uuids";
import type { TopicHour } from "./topic-hours";

/** MiB for DuckDB. What does not fit lies in its temporary folder meanwhile. */
const ENGINE_MB = 128;
/** Topic-hours that are counted with one query, and the bytes of their files. */
const GROUP_HOURS = 200;
const GROUP_BYTES = 64 << 20;
type Deps = Pick<EvidenceClients, "hdfs"> & { storage: Storage };

/** A planned topic-hour, read. */
export type VerifiedHour = Omit<VerifiedTopicHour, "name"> & { of: TopicHour };

/** A topic-hour that Spark has counted. */
type Counted = { of: TopicHour; counted: CountedHour };

type Input = {
  topicHours: TopicHour[];
  /** How many of them, from the first on, were read by an attempt before; default none. */
  before?: number;
  missing: MissingTopic[];
  /** Names of the hours whose rows are compared with their events. */
  deep: ReadonlySet<string>;
  /** What Spark has counted, by the hours' numbers: their files are not read here. */
  counted?: ReadonlyMap<number, CountedHour>;
  /** Lists the hours; it may have listed some already. */
  lists: HourLists;
};

/** Reads the raw and the refined files of topic-hours, group by group, and counts what they hold. */
export class RowReading {
  private readonly began = performance.now();
  private hours = 0;
  private bytes = 0;
  private numbers = 0;
  /** The topic-hours that are still to be read. */
  private readonly left: TopicHour[];
  private readonly byTopic: ReadonlyMap<string, TopicHour[]>;

  constructor(
    private readonly deps: Deps,
    private readonly input: Input,
  ) {
    this.left = input.topicHours.slice(input.before ?? 0);
    const counted = input.counted ?? new Map<number, CountedHour>();
    const ours = this.left.filter(({ no }) => !counted.has(no));
    this.byTopic = grouped(ours, ({ topic }) => topic);
  }

  /** What a heartbeat tells: `perSecond` counts topic-hours. */
  get progress() {
    const { hours, bytes, left } = this;
    const seconds = (performance.now() - this.began) / 1000;
    return {
      hours: hours + (this.input.before ?? 0),
      ofHours: this.input.topicHours.length,
      bytes,
      ...paceOf(hours, left.length - hours, seconds),
    };
  }

  /** @param each is given all hours in their order, some at a time */
  async run(each: (hours: VerifiedHour[]) => Promise<void>): Promise<void> {
    const { left } = this;
    const engine = await Engine.open({
      memoryMb: ENGINE_MB,
      signal: cancellationSignal(),
    });
    try {
      const connection = await engine.connect();
      await createUuidTables(connection);
      for (let i = 0; i < left.length; i += GROUP_HOURS) {
        const some = left.slice(i, i + GROUP_HOURS);
        for (const group of groupsOf(await this.listed(some)))
          await each(await this.readGroup(engine, connection, group));
      }
    } finally {
      await engine.close();
    }
  }

  /** Lists hours; those that are counted have no files here. */
  private async listed(hours: TopicHour[]): Promise<(PlacedHour | Counted)[]> {
    const countedOf = ({ no }: TopicHour) => this.input.counted?.get(no);
    const ours = hours.filter((of) => !countedOf(of));
    const placed = (await this.input.lists.take(ours)).values();
    return hours.map((of) => {
      const counted = countedOf(of);
      return counted ? { of, counted } : placed.next().value!;
    });
  }

  /** What a group's hours hold, in their order. */
  private async readGroup(
    engine: Engine,
    connection: Connection,
    group: (PlacedHour | Counted)[],
  ): Promise<VerifiedHour[]> {
    const ours = group.filter(
      (hour): hour is PlacedHour => !("counted" in hour),
    );
    const read = (await this.readHours(engine, connection, ours)).values();
    return group.map((hour) => {
      if (!("counted" in hour)) return read.next().value!;
      this.hours++;
      return { of: hour.of, problems: [], ...hour.counted };
    });
  }

  private async readHours(
    engine: Engine,
    connection: Connection,
    group: PlacedHour[],
  ): Promise<VerifiedHour[]> {
    if (group.length === 0) return [];
    const { hdfs } = this.deps;
    await this.readReplayed(connection, group);
    const rawUuids = new UuidWriter(connection, RAW_UUIDS);
    const fetching = {
      hdfs,
      folder: engine.folder,
      rawUuids,
      nextNumber: () => this.numbers++,
      read: (bytes: number) => {
        this.bytes += bytes;
      },
    };
    const fetched = await mapPool(group, WIDTH, async (listed) => {
      const hour = await fetchHour(fetching, listed);
      if (!hour.hasChanged) return { listed, hour };
      await Promise.all(hour.files.map(({ local }) => rm(local)));
      // Files may have been compacted since they were listed. What changes once more is a problem of its hour.
      const anew = await listHour(
        hdfs,
        listed.of,
        listed.rawDir,
        listed.refinedDir,
      );
      return { listed: anew, hour: await fetchHour(fetching, anew) };
    });
    await rawUuids.flush();
    const counts = await countRows(
      connection,
      fetched.map(({ hour }) => hour),
    );
    const verified: VerifiedHour[] = [];
    for (const [i, { listed, hour }] of fetched.entries()) {
      const { unread } = group[i]!;
      const isDeep = this.input.deep.has(hour.of.name);
      const { of, partition, problems } = hour;
      verified.push({
        ...{ of, partition, problems },
        counts: counts.get(hour)!,
        ...(unread === undefined ? {} : { unread }),
        ...(isDeep ? { comparison: await compareRows(hdfs, listed) } : {}),
      });
      this.hours++;
    }
    return verified;
  }

  /** Brings the replayed events of topics that begin in a group to DuckDB. */
  private async readReplayed(
    connection: Connection,
    group: ListedHour[],
  ): Promise<void> {
    const begun = new Set(group.map(({ of }) => of));
    const uuids = new UuidWriter(connection, REPLAYED_UUIDS);
    for (const each of this.input.missing) {
      const ofTopic = this.byTopic.get(each.topic);
      if (!ofTopic || !begun.has(ofTopic[0]!)) continue;
      const found = replayedUuids(this.deps.storage, each, ofTopic);
      for await (const byHour of found)
        for (const [no, ofHour] of byHour) await uuids.add(no, ofHour);
    }
    await uuids.flush();
  }
}

/** Cuts hours into groups whose files have no more bytes than fit beside one another, or are an hour alone. */
function groupsOf<T extends PlacedHour | Counted>(hours: T[]): T[][] {
  const groups: T[][] = [];
  let bytes = Infinity;
  for (const hour of hours) {
    const ofHour =
      "counted" in hour
        ? 0
        : total(hour.refined, "length") + total(hour.raw, "length");
    if (bytes + ofHour > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(hour);
    bytes += ofHour;
  }
  return groups;
}
