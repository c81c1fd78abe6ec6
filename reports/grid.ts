import { type Grid, gridHours } from "../domain/audit/grid";
import { VERDICT, type Verdict } from "../domain/audit/verdicts";

/** The verdicts that a grid's cells show, each once, in the order of their first cell. */
export const usedVerdicts = (grid: Grid): Verdict[] => [
  ...new Set(grid.flatMap((row) => Object.values(row.cells))),
];

/** The verdict of an hour in a row; an hour without a cell is empty. */
export const verdictAt = (row: Grid[number], hour: string): Verdict =>
  row.cells[hour] ?? "empty";

/** What the signs mean, for those that the grid uses. */
const legend = (grid: Grid): string =>
  usedVerdicts(grid)
    .map((verdict) => `\`${VERDICT[verdict].sign}\` ${verdict}`)
    .join(" · ");

/** A Markdown table's row. */
const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;

/** Topics × hours as a Markdown table with a legend, for the Web UI. */
export function gridMarkdown(grid: Grid): string {
  const hours = gridHours(grid);
  if (hours.length === 0) return "_no events in these hours_";
  return [
    row(["topic", ...hours.map((h) => `${h.slice(5, 10)} ${h.slice(11)}h`)]),
    row(["---", ...hours.map(() => ":-:")]),
    ...grid.map((line) =>
      row([
        line.topic.replaceAll("|", "\\|"),
        ...hours.map((hour) => VERDICT[verdictAt(line, hour)].sign),
      ]),
    ),
    "",
    legend(grid),
  ].join("\n");
}
