import type { Config } from "../../../domain/settings/config";
import { isRefined } from "../../../domain/settings/stages";
import { mapPool } from "../../../lib/map-pool";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { endIfUnwanted } from "../../beat";
import { type ListedHour, listHour } from "./fetch-hour";
import {
  type RefinedPlace,
  refinedPlaces,
  type TopicHour,
} from "./topic-hours";

/** Hours of which files are asked for side by side: most of the time goes into waiting for HDFS. */
export const WIDTH = 16;

/** A listed topic-hour, and whether readers get what lies there. */
export type PlacedHour = ListedHour & {
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

/** Lists topic-hours' files where readers find them; the raw ones alone where nobody refines. */
export async function listHours(
  clients: Pick<EvidenceClients, "hdfs" | "hive" | "source"> & {
    config: Pick<Config, "refine">;
  },
  hours: TopicHour[],
): Promise<PlacedHour[]> {
  const { hdfs, source } = clients;
  const places = isRefined(clients.config)
    ? await refinedPlaces(clients, hours)
    : undefined;
  return mapPool(hours, WIDTH, async (of) => {
    endIfUnwanted();
    const { dir, unread }: Partial<RefinedPlace> = places?.get(of) ?? {};
    const rawDir = source.hourDir(of.dataset, of.hour);
    const listed = await listHour(hdfs, of, rawDir, dir);
    return unread === undefined ? listed : { ...listed, unread };
  });
}
