import { type Hour, hoursIn, partitionPath } from "../../../lib/hour";
import { hourPath } from "../../../importers/camus";

/** When the fleet has traffic, what audits are asked about, and where a topic-hour's files lie. */
export const topicOf = (name: string) => `eventlogging_${name}`;

/** The hours in which every topic has traffic. */
export const HOURS = hoursIn({
  since: "2018-06-18T12",
  until: "2018-06-18T16",
});
/** The last of {@link HOURS}: the first import ended with it. */
export const LAST_HOUR = HOURS[3]!;
/** All hours before the first import: a topic that falls silent needs a longer past. */
export const LONG = hoursIn({ since: "2018-06-18T12", until: "2018-06-19T00" });
/** The second of {@link HOURS}, in which most of the troubles are made. */
export const SECOND_HOUR = HOURS[1]!;
/** The hours between the first import and what an audit looks at last. */
export const SINCE_IMPORT = hoursIn({
  since: "2018-06-18T16",
  until: "2018-06-19T02",
});
/** After the first import and before the last one. */
export const MIDNIGHT: Hour = "2018-06-19T00";
/** Two hours after the newest: nothing is pending any more, and the importer has run lately. */
export const AS_OF = "2018-06-19T04:04:00Z";
/** What an audit is asked about, as options of `sisyphus audit run`. */
export const RANGE = ["--since", "2018-06-18T11", "--until", "2018-06-19T02"];

export const rawDir = (name: string, hour: Hour) =>
  `/wmf/data/raw/eventlogging/${topicOf(name)}/hourly/${hourPath(hour)}`;
export const refinedDir = (name: string, hour: Hour) =>
  `/wmf/data/event/${name}/${partitionPath(hour)}`;
