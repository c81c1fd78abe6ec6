import { mapPool } from "../../../lib/map-pool";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { endIfUnwanted } from "../../beat";
import { type ListedHour, listHour } from "./fetch-hour";
import { refinedPlaces, type TopicHour } from "./topic-hours";

/** Hours of which files are asked for side by side: most of the time goes into waiting for HDFS. */
export const WIDTH = 16;

/** A listed topic-hour, and whether readers get what lies there. */
export type PlacedHour = ListedHour & {
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

/** Lists topic-hours' files where readers find them. */
export class HourLists {
  private readonly kept = new Map<TopicHour, PlacedHour>();

  constructor(
    private readonly clients: Pick<EvidenceClients, "hdfs" | "hive" | "source">,
  ) {}

  /** Lists hours that are not kept; what is kept is forgotten. */
  async take(hours: TopicHour[]): Promise<PlacedHour[]> {
    const placed = await this.of(hours.filter((of) => !this.kept.has(of)));
    const byHour = new Map(placed.map((hour) => [hour.of, hour]));
    return hours.map((of) => {
      const hour = byHour.get(of) ?? this.kept.get(of)!;
      this.kept.delete(of);
      return hour;
    });
  }

  /** Lists hours, and keeps what it finds until it is taken. */
  async keep(hours: TopicHour[]): Promise<PlacedHour[]> {
    const placed = await this.of(hours);
    for (const hour of placed) this.kept.set(hour.of, hour);
    return placed;
  }

  private async of(hours: TopicHour[]): Promise<PlacedHour[]> {
    const { hdfs, source } = this.clients;
    const places = await refinedPlaces(this.clients, hours);
    return mapPool(hours, WIDTH, async (of) => {
      endIfUnwanted();
      const { dir, unread } = places.get(of)!;
      const rawDir = source.hourDir(of.dataset, of.hour);
      const listed = await listHour(hdfs, of, rawDir, dir);
      return unread === undefined ? listed : { ...listed, unread };
    });
  }
}
