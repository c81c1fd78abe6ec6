import { parseCapsuleLine } from "../../../../../formats/eventlogging/event-capsule";
import { addHours } from "../../../../../lib/hour";
import { random } from "../../../../../lib/random";
import {
  gz,
  HOUR,
  line,
  parquet,
  rawDir,
  refinedDir,
  RefinedWorld,
  type Row,
  uuid,
} from "./refined-world";

/** What is to be found of an hour, computed without DuckDB. */
function expected(
  rawFiles: string[][],
  dataFiles: Row[][],
  replayed: string[],
) {
  const events = new Set(
    rawFiles.flat().flatMap((text) => {
      const parsed = parseCapsuleLine(text);
      return "event" in parsed ? [parsed.event.uuid] : [];
    }),
  );
  const rows = dataFiles.flat();
  const counts = new Map<string, number>();
  for (const { uuid: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1);
  const withIp = rows.filter(({ ip }) => ip != null);
  return {
    rows: rows.length,
    distinct: events.size,
    duplicates: [...counts.values()].filter((n) => n > 1).length,
    lacking: [...events].filter((id) => !counts.has(id)).length,
    found: replayed.filter((id) => counts.has(id)).length,
    withIp: withIp.length,
    geocoded: withIp.filter(({ geocoded }) => geocoded).length,
  };
}

test.each([1, 2, 3])(
  "random hours of several topics are counted as one by one (seed %d)",
  async (seed) => {
    const dice = random(seed);
    const below = (n: number) => Math.floor(dice() * n);
    const some = <T>(max: number, make: () => T) =>
      Array.from({ length: below(max + 1) }, make);
    const world = new RefinedWorld();
    const topics = ["Edit", "Other"].map((table) => ({
      topic: `eventlogging_${table}`,
      table,
      hours: Array.from({ length: 1 + below(5) }, (_, i) => addHours(HOUR, i)),
    }));
    const wanted: unknown[] = [];
    const missing: { topic: string; lines: string[] }[] = [];
    for (const { topic, table, hours } of topics) {
      const replayedLines: string[] = [];
      for (const hour of hours) {
        const id = () => uuid(below(30));
        const junk = () =>
          ["", "{", "[]", line("not a uuid"), line(id(), { wiki: 5 })][
            below(5)
          ]!;
        const rawFiles = some(3, () =>
          some(20, () => (below(8) === 0 ? junk() : line(id()))),
        );
        for (const [i, lines] of rawFiles.entries()) {
          const isPlain = below(2) > 0;
          world.files.set(
            `${rawDir(hour, topic)}/${i}${isPlain ? "" : ".gz"}`,
            isPlain
              ? Buffer.from(lines.map((l) => `${l}\r\n`).join(""))
              : gz(lines),
          );
        }
        const dataFiles = some(3, () =>
          some(20, () => ({
            uuid: id(),
            ip: below(3) ? "192.0.2.1" : null,
            geocoded: below(3) > 0,
          })),
        );
        for (const [i, rows] of dataFiles.entries()) {
          const columns = ["ip", "geocoded_data"].slice(0, below(5));
          for (const each of rows) {
            if (!columns.includes("ip")) each.ip = null;
            if (!columns.includes("geocoded_data")) each.geocoded = false;
          }
          world.files.set(
            `${refinedDir(hour, table)}/${i}.parquet`,
            await parquet(rows, columns),
          );
        }
        const replayed = [...new Set(some(10, id))];
        for (const each of replayed)
          replayedLines.push(line(each, { dt: `${hour}:20:00Z` }));
        wanted.push({
          name: `${topic} ${hour}`,
          problems: [],
          partition: dataFiles.length > 0,
          counts: expected(rawFiles, dataFiles, replayed),
        });
      }
      missing.push({ topic, lines: replayedLines });
    }
    const found = await world.verified(topics, { missing });
    expect(
      found.map(({ of: { name }, problems, partition, counts }) => ({
        name,
        problems,
        partition,
        counts,
      })),
    ).toEqual(wanted);
  },
);
