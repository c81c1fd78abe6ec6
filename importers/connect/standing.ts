import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { type Connect, deletedText } from "../../clients/connect/connect";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Kafka } from "../../clients/kafka/kafka";
import {
  placesBefore,
  placesInLog,
  type SinkPartition,
  type SinkPlace,
  whyNotThere,
} from "../../domain/backfill/sink-offsets";
import type { ConnectorStatus } from "../../formats/connect/answers";
import { partitionKey } from "../../lib/keys";

/** What is asked of Connect and Kafka to set a sink somewhere. */
export type SteeringClients = {
  connect: Pick<
    Connect,
    | "connector"
    | "sinkSettings"
    | "status"
    | "offsets"
    | "stop"
    | "pause"
    | "resume"
    | "alterOffsets"
  >;
  kafka: Pick<Kafka, "offsets">;
  hdfs: Pick<Hdfs, "readText" | "replace" | "remove">;
  /** The end of the furthest file of each partition of a topic, of whichever hour. */
  endsInFiles: (topic: string) => Promise<ReadonlyMap<number, string>>;
};

/** `staging` is a directory of the saga's; `mayGoOn` throws once an abort has put positions back: an attempt that wakes up late must change nothing. */
type About = { staging: string; mayGoOn?: () => Promise<void> };

const heldText = z.strictObject({ state: z.string() });
const beforeText = z.record(z.string(), z.string().nullable());

/** Between two looks at a connector that is stopping or starting, and for how many it may take. */
const POLL_MS = 500;
const LOOKS = 240;

/**
 * Changes where a sink goes on: it is stopped, set in some partitions, and brought back to the state in which it was. That state is written down
 * before it is stopped: whoever comes after a crash, a retry or an abort, finds it there and brings it back. A connector that an operator has
 * paused or stopped is left so.
 */
export class ConnectStanding {
  constructor(
    private readonly clients: SteeringClients,
    private readonly pause: (ms: number) => Promise<unknown> = delay,
  ) {}

  /** Sets the sink to the log's start where it stands outside of the log, and writes down where it stood. */
  async moveIntoLog(topics: string[], about: About): Promise<void> {
    const partitions = await this.partitions(topics);
    const places = placesInLog(partitions);
    await this.refuse(places, partitions, about);
    if (places.length > 0) await this.remember(places, partitions, about);
    await this.set(places, about);
  }

  /** Sets the sink back to where it stood before. @returns what it was, for people; undefined where it stands there already */
  async putBack(topics: string[], about: About): Promise<string | undefined> {
    const before = await this.read(beforePath(about), beforeText);
    const partitions = before ? await this.partitions(topics) : [];
    const places = placesBefore(partitions, before ?? {});
    await this.refuse(places, partitions, about);
    await this.set(places, about);
    return places.length === 0
      ? undefined
      : `connector ${this.clients.connect.connector}`;
  }

  private async partitions(topics: string[]): Promise<SinkPartition[]> {
    const { connect, kafka, endsInFiles } = this.clients;
    const offsets = there(connect.connector, await connect.offsets());
    const stands = new Map(
      offsets.map((one) => [
        partitionKey(one.topic, one.partition),
        one.offset,
      ]),
    );
    const found: SinkPartition[] = [];
    for (const topic of topics) {
      const ends = await endsInFiles(topic);
      for (const { partition, low, high } of await kafka.offsets(topic))
        found.push({
          topic,
          partition,
          low,
          high,
          stands: stands.get(partitionKey(topic, partition)),
          inFiles: ends.get(partition),
        });
    }
    return found;
  }

  /** @throws ApplicationFailure where the sink would not go on there; one that an attempt before has stopped runs again then */
  private async refuse(
    places: SinkPlace[],
    partitions: SinkPartition[],
    about: About,
  ): Promise<void> {
    if (places.length === 0) return;
    const { connect } = this.clients;
    const settings = there(connect.connector, await connect.sinkSettings());
    const why = whyNotThere(
      connect.connector,
      places,
      partitions,
      settings.offsetReset,
    );
    if (why === undefined) return;
    await this.letGo(about);
    throw fatal("NotAllowed", why);
  }

  /** An attempt before this one may have moved some already: where they stood before that counts. */
  private async remember(
    places: SinkPlace[],
    partitions: SinkPartition[],
    about: About,
  ): Promise<void> {
    const path = beforePath(about);
    const known = (await this.read(path, beforeText)) ?? {};
    const moved = new Set(
      places.map((one) => partitionKey(one.topic, one.partition)),
    );
    const now = partitions.flatMap((one) => {
      const key = partitionKey(one.topic, one.partition);
      return moved.has(key) ? [[key, one.stands ?? null] as const] : [];
    });
    const all = { ...Object.fromEntries(now), ...known };
    await this.clients.hdfs.replace(path, JSON.stringify(all));
  }

  private async set(places: SinkPlace[], about: About): Promise<void> {
    const { connect, hdfs } = this.clients;
    if (places.length > 0) {
      await about.mayGoOn?.();
      const held = await this.read(heldPath(about), heldText);
      if (!held) {
        const { connector } = there(connect.connector, await connect.status());
        const { state } = connector;
        await hdfs.replace(heldPath(about), JSON.stringify({ state }));
      }
      await connect.stop();
      await this.until("stop", hasStopped);
      await about.mayGoOn?.();
      await connect.alterOffsets(places);
    }
    await this.letGo(about);
  }

  /** Brings a connector that an attempt of this saga has stopped back to the state in which it was. */
  async letGo(about: About): Promise<void> {
    const { connect, hdfs } = this.clients;
    const held = await this.read(heldPath(about), heldText);
    if (!held) return;
    if (held.state === "PAUSED") await connect.pause();
    else if (held.state !== "STOPPED") {
      await connect.resume();
      await this.until("resume", (status) => !hasStopped(status));
    }
    await hdfs.remove(heldPath(about));
  }

  private async until(
    what: string,
    isDone: (status: ConnectorStatus) => boolean,
  ): Promise<void> {
    const { connect } = this.clients;
    for (let looks = 0; looks < LOOKS; looks++) {
      if (isDone(there(connect.connector, await connect.status()))) return;
      await this.pause(POLL_MS);
    }
    throw new Error(
      `connector ${connect.connector} was told to ${what}, and has not in ${(LOOKS * POLL_MS) / 1000} s`,
    );
  }

  private async read<T>(
    path: string,
    form: z.ZodType<T>,
  ): Promise<T | undefined> {
    const text = await this.clients.hdfs.readText(path);
    return text === undefined ? undefined : form.parse(JSON.parse(text));
  }
}

const heldPath = ({ staging }: About) => `${staging}/connector-held.json`;
const beforePath = ({ staging }: About) => `${staging}/connector-before.json`;

const hasStopped = ({ connector, tasks }: ConnectorStatus): boolean =>
  connector.state === "STOPPED" && tasks.length === 0;

/** @throws ApplicationFailure where the connector is not there: no waiting brings it back */
function there<T>(connector: string, told: T | undefined): T {
  if (told === undefined) throw fatal("NotAllowed", deletedText(connector));
  return told;
}
