import { styleText } from "node:util";
import { SIGN } from "../reports/grid";
import type { Verdict } from "../domain/audit/verdict";
import { type Grid, gridHours } from "../domain/audit/grid";

type Style = Parameters<typeof styleText>[0];

/** Colours for people; scripts and NO_COLOR get plain text. */
export function paint(style: Style, text: string): string {
  const plain = !process.stdout.isTTY && !process.env["FORCE_COLOR"];
  return plain || process.env["NO_COLOR"] ? text : styleText(style, text);
}

const colour = (v: Verdict): Style =>
  v === "complete"
    ? "green"
    : v === "empty"
      ? "gray"
      : v === "pending"
        ? "cyan"
        : v === "refine-outdated"
          ? "magenta"
          : "red";

/** Topics × hours for a terminal: days above, hours below, one sign a cell. */
export function gridText(grid: Grid): string {
  const hours = gridHours(grid);
  const width = Math.max(5, ...grid.map((row) => row.topic.length));
  const days = hours.map((h, i) =>
    i === 0 || h.slice(0, 10) !== hours[i - 1]!.slice(0, 10)
      ? h.slice(5, 10)
      : "",
  );
  let header = "";
  days.forEach((day, i) => {
    header = header.padEnd(i * 3) + day;
  });
  const lines = [
    `${" ".repeat(width)}  ${header}`,
    `${"topic".padEnd(width)}  ${hours.map((h) => h.slice(11).padEnd(3)).join("")}`,
  ];
  for (const row of grid) {
    const cells = hours.map((h) => {
      const v = row.cells[h] ?? "empty";
      return paint(colour(v), SIGN[v]) + "  ";
    });
    lines.push(`${row.topic.padEnd(width)}  ${cells.join("").trimEnd()}`);
  }
  const used = [...new Set(grid.flatMap((row) => Object.values(row.cells)))];
  lines.push(
    "",
    used.map((v) => `${paint(colour(v), SIGN[v])} ${v}`).join("   "),
  );
  return lines.join("\n");
}

/** Rows under a header, columns as wide as they need. */
export function table(header: string[], rows: (string | number)[][]): string {
  const all = [header, ...rows.map((r) => r.map(String))];
  const widths = header.map((_, i) =>
    Math.max(...all.map((r) => (r[i] ?? "").length)),
  );
  return all
    .map((r) =>
      r
        .map((c, i) => c.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function print(value: unknown): void {
  console.log(
    typeof value === "string" ? value : JSON.stringify(value, null, 2),
  );
}
