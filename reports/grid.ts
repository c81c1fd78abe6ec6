import { type Grid, gridHours } from "../domain/audit/grid";
import type { Verdict } from "../domain/audit/verdict";

/** One sign a verdict: letters, as emoji fonts cannot be relied on. */
export const SIGN: Record<Verdict, string> = {
  complete: "+",
  empty: ".",
  pending: "~",
  unknowable: "?",
  late: "l",
  "import-missing": "I",
  "import-partial": "P",
  "lost-from-kafka": "X",
  "refine-missing": "R",
  "refine-failed": "F",
  "refine-stale": "S",
  "refine-outdated": "O",
  "rows-lost": "-",
  "rows-duplicated": "D",
  "partition-missing": "M",
};

const usedVerdicts = (grid: Grid) => [
  ...new Set(grid.flatMap((row) => Object.values(row.cells))),
];

/** What the signs mean, for those that the grid uses. */
export const legend = (grid: Grid) =>
  usedVerdicts(grid)
    .map((v) => `\`${SIGN[v]}\` ${v}`)
    .join(" · ");

/** Topics × hours as a Markdown table, for the Web UI. */
export function gridMarkdown(grid: Grid): string {
  const hours = gridHours(grid);
  if (hours.length === 0) return "_no events in these hours_";
  return [
    `| topic | ${hours.map((h) => `${h.slice(5, 10)} ${h.slice(11)}h`).join(" | ")} |`,
    `| --- |${hours.map(() => " :-: |").join("")}`,
    ...grid.map(
      (row) =>
        `| ${row.topic.replaceAll("|", "\\|")} | ${hours.map((h) => SIGN[row.cells[h] ?? "empty"]).join(" | ")} |`,
    ),
    "",
    legend(grid),
  ].join("\n");
}
