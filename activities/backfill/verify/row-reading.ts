import { rm } from "node:fs/promises";
import { cancellationSignal } from "@temporalio/activity";
import { type Connection, Engine } from "../../../clients/duckdb/engine";
import type { Storage } from "../../../clients/storage";
import type { MissingTopic } from "../../../domain/backfill/missing";
import type { VerifiedTopicHour } from "../../../domain/backfill/verification";
import { capsuleTime } from "../../../formats/eventlogging/event-time";
import { grouped } from "../../../lib/grouped";
import { hourOf } from "../../../lib/hour";
import { topicHourKey } from "../../../lib/keys";
import { mapPool } from "../../../lib/map-pool";
import { paceOf } from "../../../lib/pace";
import { total } from "../../../lib/total";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { endIfUnwanted } from "../../beat";
import { readMissing } from "../search/read-missing";
import { compareRows } from "./compare-rows";
import { fetchHour, type ListedHour, listHour } from "./fetch-hour";
import { KnownUuids } from "./known-uuids";
import {
  countRows,
  createUuidTables,
  RAW_UUIDS,
  REPLAYED_UUIDS,
} from "./row-counts";
import {
  refinedPlaces,
  type RefinedPlace,
  type TopicHour,
} from "./topic-hours";

/** MiB for DuckDB. What does not fit lies in its temporary folder meanwhile. */
const ENGINE_MB = 128;
/** Topic-hours that are counted with one query, and the bytes of their files. */
const GROUP_HOURS = 200;
const GROUP_BYTES = 64 << 20;
/** Hours of which files are asked for side by side: most of the time goes into waiting for HDFS. */
const WIDTH = 16;

type Deps = Pick<EvidenceClients, "hdfs" | "hive" | "source"> & {
  storage: Storage;
};

/** A planned topic-hour, read. */
export type VerifiedHour = Omit<VerifiedTopicHour, "name"> & { of: TopicHour };

type Input = {
  topicHours: TopicHour[];
  /** How many of them, from the first on, were read by an attempt before; default none. */
  before?: number;
  missing: MissingTopic[];
  /** Names of the hours whose rows are compared with their events. */
  deep: ReadonlySet<string>;
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
    this.byTopic = grouped(this.left, ({ topic }) => topic);
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
        const places = await refinedPlaces(this.deps, some);
        const listed = await mapPool(some, WIDTH, (of) =>
          this.list(of, places.get(of)!),
        );
        for (const group of groupsOf(listed)) {
          const hours = await this.readGroup(engine, connection, group);
          await each(
            hours.map((hour) => ({
              ...hour,
              ...unreadOf(places.get(hour.of)),
            })),
          );
        }
      }
    } finally {
      await engine.close();
    }
  }

  private list(of: TopicHour, { dir }: RefinedPlace): Promise<ListedHour> {
    endIfUnwanted();
    const rawDir = this.deps.source.hourDir(of.dataset, of.hour);
    return listHour(this.deps.hdfs, of, rawDir, dir);
  }

  private async readGroup(
    engine: Engine,
    connection: Connection,
    group: ListedHour[],
  ): Promise<Omit<VerifiedHour, "unread">[]> {
    const { hdfs } = this.deps;
    await this.readReplayed(connection, group);
    const rawUuids = new KnownUuids(connection, RAW_UUIDS);
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
    const verified: Omit<VerifiedHour, "unread">[] = [];
    for (const { listed, hour } of fetched) {
      const isDeep = this.input.deep.has(hour.of.name);
      verified.push({
        ...hour,
        counts: counts.get(hour)!,
        ...(isDeep ? { comparison: await compareRows(hdfs, listed) } : {}),
      });
      this.hours++;
    }
    return verified;
  }

  /** Brings the replayed events of topics that begin in a group to DuckDB. An event that is of no planned hour has no row in it. */
  private async readReplayed(
    connection: Connection,
    group: ListedHour[],
  ): Promise<void> {
    const begun = new Set(group.map(({ of }) => of));
    const uuids = new KnownUuids(connection, REPLAYED_UUIDS);
    for (const each of this.input.missing) {
      const ofTopic = this.byTopic.get(each.topic);
      if (!ofTopic || !begun.has(ofTopic[0]!)) continue;
      const numbers = new Map(ofTopic.map(({ name, no }) => [name, no]));
      for await (const events of readMissing(this.deps.storage, each)) {
        endIfUnwanted();
        const byHour = new Map<number, string[]>();
        for (const { event } of events) {
          const ms = capsuleTime(event);
          const no =
            ms === undefined
              ? undefined
              : numbers.get(topicHourKey(each.topic, hourOf(ms)));
          if (no === undefined) continue;
          const before = byHour.get(no);
          if (before) before.push(event.uuid);
          else byHour.set(no, [event.uuid]);
        }
        for (const [no, ofHour] of byHour) await uuids.add(no, ofHour);
      }
    }
    await uuids.flush();
  }
}

const unreadOf = (place: RefinedPlace | undefined) =>
  place?.unread ? { unread: place.unread } : {};

/** Cuts hours into groups whose files have no more bytes than fit beside one another, or are an hour alone. */
function groupsOf(hours: ListedHour[]): ListedHour[][] {
  const groups: ListedHour[][] = [];
  let bytes = Infinity;
  for (const hour of hours) {
    const ofHour = total(hour.refined, "length") + total(hour.raw, "length");
    if (bytes + ofHour > GROUP_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(hour);
    bytes += ofHour;
  }
  return groups;
}
