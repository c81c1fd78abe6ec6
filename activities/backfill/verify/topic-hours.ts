import {
  type Dataset,
  datasetOf,
  type NamingRules,
  refinedHourDir,
} from "../../../domain/settings/dataset";
import type { VerifiedTopicHour } from "../../../domain/backfill/verification";
import type { PlannedTopic } from "../../../domain/backfill/plan";
import { grouped } from "../../../lib/grouped";
import type { Hour } from "../../../lib/hour";
import { topicHourKey } from "../../../lib/keys";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { partitionPlaces } from "../../audit/evidence/partition-places";

/** A planned hour of a topic, and where its files lie. */
export type TopicHour = {
  /** Its place among all that are verified: topic by topic, and of a topic in the order of time. */
  no: number;
  /** As problems name it. */
  name: string;
  topic: string;
  hour: Hour;
  dataset: Dataset;
};

/** A planned topic-hour, read. */
export type VerifiedHour = Omit<VerifiedTopicHour, "name"> & { of: TopicHour };

/** All planned hours, numbered. */
export function topicHoursOf(
  topics: PlannedTopic[],
  naming: NamingRules,
): TopicHour[] {
  let no = 0;
  return topics.flatMap(({ topic, hours }) => {
    const dataset = datasetOf(topic, naming)!;
    return [...new Set(hours)].sort().map((hour) => ({
      no: no++,
      name: topicHourKey(topic, hour),
      topic,
      hour,
      dataset,
    }));
  });
}

/** Where readers find an hour's rows. */
export type RefinedPlace = {
  /** A directory of HDFS; the usual one where the metastore names none that can be read. */
  dir: string;
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

/**
 * Where readers find the rows of some hours. That is where the metastore says: Refine leaves the location of a partition that it finds
 * there as it is.
 */
export async function refinedPlaces(
  clients: Pick<EvidenceClients, "hdfs" | "hive">,
  topicHours: TopicHour[],
): Promise<Map<TopicHour, RefinedPlace>> {
  const byTopic = grouped(topicHours, ({ topic }) => topic);
  const found = new Map<TopicHour, RefinedPlace>();
  for (const ofTopic of byTopic.values()) {
    const { dataset } = ofTopic[0]!;
    const places = await partitionPlaces(
      clients,
      dataset,
      ofTopic.map(({ hour }) => hour),
    );
    for (const each of ofTopic) {
      const place = places.get(each.hour);
      const usual = refinedHourDir(dataset, each.hour);
      found.set(
        each,
        place === undefined
          ? { dir: usual }
          : place.kind === "here"
            ? { dir: place.dir }
            : {
                dir: usual,
                unread:
                  place.kind === "elsewhere"
                    ? place.why
                    : `the metastore's partition lies at ${place.location || "(no location)"}, which does not exist`,
              },
      );
    }
  }
  return found;
}
