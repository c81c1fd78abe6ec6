import { rm } from "node:fs/promises";
import { cancellationSignal } from "@temporalio/activity";
import { type Connection, Engine } from "../../../clients/duckdb/engine";
import type { Storage } from "../../../clients/storage";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { Config } from "../../../domain/settings/config";
import type { EventReader } from "../../../formats/events/event-reader";
import { grouped } from "../../../lib/grouped";
import { mapPool } from "../../../lib/map-pool";
import { paceOf } from "../../../lib/pace";
import { total } from "../../../lib/total";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { compareRows } from "./compare-rows";
import type { CountedHour } from "./count-on-spark";
import { fetchHour, type ListedHour, listHour } from "./fetch-hour";
import { listHours, type PlacedHour, WIDTH } from "./list-hours";
import { UuidWriter } from "./uuid-writer";
import {
  countRows,
  createUuidTables,
  RAW_UUIDS,
  REPLAYED_UUIDS,
} from "./row-counts";
import { replayedUuids } from "./replayed-uuids";
import type { TopicHour, VerifiedHour } from "./topic-hours";

/** MiB for DuckDB. What does not fit lies in its temporary folder meanwhile. */
const ENGINE_MB = 128;
/** Topic-hours that are counted with one query, and the bytes of their files. */
const GROUP_HOURS = 200;
const GROUP_BYTES = 64 << 20;
type Deps = Pick<EvidenceClients, "hdfs" | "hive" | "source"> & {
  config: Pick<Config, "refine">;
  storage: Storage;
};

/** A topic-hour with its files, or with what Spark has counted. */
type GroupedHour = {
  of: TopicHour;
  placed?: PlacedHour;
  counted?: CountedHour;
};

type Input = {
  /** How events are read. */
  reader: EventReader;
  topicHours: TopicHour[];
  /** How many of them, from the first on, were read by an attempt before; default none. */
  before?: number;
  missing: MissingTopic[];
  /** Names of the hours whose rows are compared with their events. */
  deep: ReadonlySet<string>;
  /** What Spark has counted, by the hours' numbers: their files are not read here. */
  counted: ReadonlyMap<number, CountedHour>;
};

/** Reads the raw and the refined files of topic-hours that Spark has not counted, group by group, and counts what they hold. */
export class RowReading {
  private readonly began = performance.now();
  private hours = 0;
  private bytes = 0;
  private numbers = 0;
  /** The topic-hours that are still to be read. */
  private readonly left: TopicHour[];
  /** Those of them that Spark has not counted, also by their topics. */
  private readonly toRead: TopicHour[];
  private readonly byTopic: ReadonlyMap<string, TopicHour[]>;

  constructor(
    private readonly deps: Deps,
    private readonly input: Input,
  ) {
    this.left = input.topicHours.slice(input.before ?? 0);
    this.toRead = this.left.filter((of) => !this.countedOf(of));
    this.byTopic = grouped(this.toRead, ({ topic }) => topic);
  }

  /** What a heartbeat tells: `perSecond` counts topic-hours. */
  get progress() {
    const { hours, bytes, left, toRead } = this;
    const seconds = (performance.now() - this.began) / 1000;
    return {
      hours: hours + left.length - toRead.length + (this.input.before ?? 0),
      ofHours: this.input.topicHours.length,
      bytes,
      ...paceOf(hours, toRead.length - hours, seconds),
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
        for (const group of groupsOf(await this.known(some)))
          await each(await this.readGroup(engine, connection, group));
      }
    } finally {
      await engine.close();
    }
  }

  /** What a group's hours hold, in their order: Spark has counted some, and the others are read. */
  private async readGroup(
    engine: Engine,
    connection: Connection,
    group: GroupedHour[],
  ): Promise<VerifiedHour[]> {
    const placed = group.flatMap((hour) => hour.placed ?? []);
    const read = await this.readHours(engine, connection, placed);
    const byHour = new Map(read.map((hour) => [hour.of, hour]));
    return group.map(
      ({ of, counted }) => byHour.get(of) ?? { of, problems: [], ...counted! },
    );
  }

  /** What Spark has counted of an hour; nothing where its rows are to be compared with their events, which is done here. */
  private countedOf({ no, name }: TopicHour): CountedHour | undefined {
    return this.input.deep.has(name) ? undefined : this.input.counted.get(no);
  }

  /** Hours with what is known of each: their files, or what Spark has counted. */
  private async known(hours: TopicHour[]): Promise<GroupedHour[]> {
    const toRead = hours.filter((of) => !this.countedOf(of));
    const placed = await listHours(this.deps, toRead);
    const byHour = new Map(placed.map((hour) => [hour.of, hour]));
    return hours.map((of) => {
      const counted = this.countedOf(of);
      return counted ? { of, counted } : { of, placed: byHour.get(of)! };
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
    const { reader } = this.input;
    const fetching = {
      hdfs,
      reader,
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
      reader.columns,
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
        ...(isDeep
          ? { comparison: await compareRows(hdfs, listed, reader) }
          : {}),
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
      const found = replayedUuids(
        this.deps.storage,
        each,
        ofTopic,
        this.input.reader,
      );
      for await (const byHour of found)
        for (const [no, ofHour] of byHour) await uuids.add(no, ofHour);
    }
    await uuids.flush();
  }
}

/** Cuts hours into groups whose files have no more bytes than fit beside one another, or are an hour alone. */
function groupsOf(hours: GroupedHour[]): GroupedHour[][] {
  const groups: GroupedHour[][] = [];
  let bytes = Infinity;
  for (const hour of hours) {
    const { refined = [], raw = [] } = hour.placed ?? {};
    const ofHour = total(refined, "length") + total(raw, "length");
    if (bytes + ofHour > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(hour);
    bytes += ofHour;
  }
  return groups;
}
