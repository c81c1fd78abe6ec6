import { textInRow } from "../../../domain/backfill/text-in-row";
import { rowDifferences } from "../../../domain/backfill/row-compare";
import type { Comparison } from "../../../domain/backfill/verification";
import { parseLosslessly } from "../../../formats/eventlogging/event-capsule";
import type { EventReader } from "../../../formats/events/event-reader";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { rows } from "../../../clients/hdfs/parquet";
import { linesOfRawFile } from "../../../importers/raw-lines";
import { endIfUnwanted } from "../../beat";
import { type ListedHour, withFile } from "./fetch-hour";

/** Compares every row of a refined hour with its event, field by field. The events of the hour are in memory meanwhile. */
export async function compareRows(
  hdfs: Hdfs,
  { of, rawDir, raw, refinedDir, refined }: ListedHour,
  reader: EventReader,
): Promise<Comparison> {
  const result: Comparison = { compared: 0, different: 0, problems: [] };
  const events = new Map<string, string>();
  for (const { name, length } of raw)
    if (length > 0)
      await withFile(of, result.problems, async () => {
        const lines = linesOfRawFile(hdfs, `${rawDir}/${name}`, length);
        for await (const some of lines)
          for (const line of some) {
            const found = reader.read(line);
            if ("event" in found) events.set(found.event.uuid, line);
          }
      });
  for (const { name } of refined) {
    const read = await withFile(of, result.problems, () =>
      rows(hdfs, `${refinedDir}/${name}`),
    );
    for (const row of read ?? []) {
      endIfUnwanted();
      const uuid = textInRow(row, reader.columns.uuid);
      const event = uuid === undefined ? undefined : events.get(uuid);
      if (event === undefined) continue;
      result.compared++;
      const differences = rowDifferences(parseLosslessly(event), row);
      if (differences.length === 0) continue;
      result.different++;
      result.problems.push(
        `${of.name} ${uuid}: the row differs from its event in ${differences.join(", ")}`,
      );
    }
  }
  return result;
}
