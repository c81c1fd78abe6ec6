import type { Policy } from "../settings/policy";
import type { HourEvidence, TopicEvidence } from "./evidence";
import type { Cause, Level, Verdict } from "./verdicts";

/** What is judged: one topic-hour's evidence, its topic's, and the measure that is applied. */
export type Case = {
  hour: HourEvidence;
  topic: TopicEvidence;
  policy: Policy;
  /** The instant as of which it is judged, epoch ms. */
  asOf: number;
};

/** The numbers that prove a verdict, without canaries. A number that is not known is absent. */
export type Numbers = {
  produced?: number;
  archived?: number;
  raw?: number;
  rows?: number;
  /** Events that are known of and not in HDFS. */
  missing?: number;
  /** Offsets of the whole topic that Kafka deleted before they were imported. */
  lostOffsets?: number;
};

/** What is said of one topic-hour. */
export type Judgement = {
  verdict: Verdict;
  /** Absent for what needs nobody's attention. */
  cause?: Cause;
  level?: Level;
  numbers: Numbers;
  /** One sentence for a person. */
  why: string;
};

/** What a rule says of a topic-hour: a verdict and one sentence that proves it. */
export type Found = { verdict: Verdict; why: string };

/** A rule has something to say of a topic-hour, or leaves it to the rules after it. */
export type Rule = (about: Case) => Found | undefined;

/** A part of a whole in percent; 0 where the whole is nothing. */
export const percent = (part: number, whole: number): number =>
  whole <= 0 ? 0 : (100 * part) / whole;
