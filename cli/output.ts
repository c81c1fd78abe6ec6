import { styleText } from "node:util";
import { type Grid, gridHours } from "../domain/audit/grid";
import { VERDICT, type Verdict } from "../domain/audit/verdicts";
import { usedVerdicts, verdictAt } from "../reports/grid";
import { lookOf } from "../reports/theme";
import { showInstants } from "./time";

type Style = Parameters<typeof styleText>[0];

/** Colours for people; scripts and NO_COLOR get plain text. */
export function paint(style: Style, text: string): string {
  const plain = !process.stdout.isTTY && !process.env["FORCE_COLOR"];
  return plain || process.env["NO_COLOR"] ? text : styleText(style, text);
}

/** A verdict's sign in its colour. */
const signText = (verdict: Verdict): string =>
  paint(lookOf(verdict).terminal, VERDICT[verdict].sign);

/** Topics × hours for a terminal: days above, hours below, one sign a cell, and what the signs mean. */
export function gridText(grid: Grid): string {
  const hours = gridHours(grid);
  const width = Math.max(5, ...grid.map((row) => row.topic.length));
  const hourNames = hours.map((hour) => hour.slice(11).padEnd(3)).join("");
  const rows = grid.map((row) => {
    const cells = hours.map((hour) => signText(verdictAt(row, hour)) + "  ");
    return `${row.topic.padEnd(width)}  ${cells.join("").trimEnd()}`;
  });
  return [
    `${" ".repeat(width)}  ${daysAbove(hours)}`,
    `${"topic".padEnd(width)}  ${hourNames}`,
    ...rows,
    "",
    usedVerdicts(grid)
      .map((verdict) => `${signText(verdict)} ${verdict}`)
      .join("   "),
  ].join("\n");
}

/** Each day's name (`07-05`) above its first hour; an hour is three characters wide. */
function daysAbove(hours: string[]): string {
  let header = "";
  hours.forEach((hour, i) => {
    const isNewDay = hour.slice(0, 10) !== hours[i - 1]?.slice(0, 10);
    header = header.padEnd(i * 3) + (isNewDay ? hour.slice(5, 10) : "");
  });
  return header;
}

/** Rows under a header, columns as wide as they need. Instants in cells are shown as {@link showInstants} has them. */
export function table(header: string[], rows: (string | number)[][]): string {
  const all = [header, ...rows].map((row) =>
    row.map((cell) => showInstants(String(cell))),
  );
  const widths = header.map((_, i) =>
    Math.max(...all.map((row) => (row[i] ?? "").length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Prints a text for people, with its instants as {@link showInstants} has them; anything else as JSON for scripts, as it is. */
export function print(value: unknown): void {
  console.log(
    typeof value === "string"
      ? showInstants(value)
      : JSON.stringify(value, null, 2),
  );
}
