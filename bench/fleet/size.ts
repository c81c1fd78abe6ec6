import { addHours, type Hour, hourStart } from "../../lib/hour";

/** A fleet's size. Its first hour is the sandbox's, its last audit's `asOf` follows from it. */
export type Size = { topics: number; hours: number };

export const BEGIN: Hour = "2018-06-18T12";
export const EVENTS = 3;

export const schemaOf = (i: number) => `Fleet${String(i).padStart(4, "0")}`;
export const topicOf = (i: number) => `eventlogging_${schemaOf(i)}`;
export const indexes = (size: Size) =>
  Array.from({ length: size.topics }, (_, i) => i);
export const endOf = (size: Size): Hour => addHours(BEGIN, size.hours);
/** Half an hour after the fleet's last hour: its importer has run, nothing is late. */
export const asOf = (end: Hour) =>
  new Date(hourStart(end) + 30 * 60_000).toISOString();
