import type { Admin, Producer } from "kafkajs";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Finding } from "../../../domain/backfill/plan";
import type { Hour } from "../../../lib/hour";
import type { Tools } from "../../../sandbox/platform/tools";

/** What a trouble can reach while the world is built; names are those of topics, without their prefix. */
export type Hands = {
  admin: Admin;
  hdfs: Hdfs;
  tools: Tools;
  /** Produces events while the calendar stands at an hour's end; they say that they are of `eventsOf`, else of that hour. */
  send: (
    name: string,
    count: number,
    hour: Hour,
    options?: { eventsOf?: Hour; partitions?: number },
  ) => Promise<void>;
  /** Produces texts as they are, whatever the calendar says; dated (epoch ms) where the topic leaves that to its producers. */
  sendTexts: (name: string, texts: string[], date?: number) => Promise<void>;
  /** A producer whose transactions are none of a saga's. */
  transactional: Producer;
  /** The JSON of one event. */
  event: (name: string, hour: Hour) => string;
  /** Deletes everything that Kafka has of a topic. */
  deleteAll: (name: string) => Promise<void>;
  /** Deletes a topic and makes it anew, with one empty partition. */
  recreate: (name: string) => Promise<void>;
  /** The path of the first data file in a directory. */
  fileIn: (dir: string, suffix?: string) => Promise<string>;
  copy: (from: string, to: string) => Promise<void>;
};

type Work = (hands: Hands) => Promise<unknown>;

/**
 * One topic, what is wrong with it, and what an audit must say: this verdict and this cause, of these hours and no other.
 * The world is built in this order: traffic, a first import, Refine, a last import, hands and crashes.
 */
export type Trouble = {
  name: string;
  trouble: string;
  hours: readonly Hour[];
  /** The hour of the last import, of which nothing tells whether the rest was deleted as well: a part of it may be lost. */
  partly?: Hour;
  verdict?: Finding["verdict"];
  cause?: Finding["cause"];
  /** How many partitions it has from the beginning; one where nothing is said. */
  partitions?: number;
  /** The topic's own settings in Kafka. */
  settings?: Record<string, string>;
  /** How many events it has in an hour of the traffic; five in each of `HOURS` where nothing is said. */
  traffic?: (hour: Hour) => number;
  /** Refined by the job that Refine replaced, before Refine runs. */
  isRefinedByOutdatedJob?: true;
  /** The last import leaves it out. */
  isSkippedByLastImport?: true;
  afterFirstImport?: Work;
  beforeLastImport?: Work;
  afterLastImport?: Work;
  tamper?: Work;
};
