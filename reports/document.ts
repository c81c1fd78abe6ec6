import { gridMarkdown, SIGN } from "./grid";
import type { Verdict } from "../domain/audit/verdict";
import { type Grid, gridHours } from "../domain/audit/grid";

/** A report in parts, so that Markdown and HTML say the same. Text is plain; nothing in it is taken for markup. */
export type Block =
  | { heading: string }
  | { text: string }
  | { list: string[] }
  | { link: string; to: string }
  | { table: { head: string[]; rows: (string | number)[][] } }
  | { grid: Grid };

const cell = (value: string | number) =>
  String(value)
    .replaceAll("|", String.raw`\|`)
    .replaceAll("\n", " ");

export function toMarkdown(title: string, blocks: Block[]): string {
  const part = (b: Block): string[] => {
    if ("heading" in b) return [`## ${b.heading}`];
    if ("text" in b) return [b.text];
    if ("list" in b) return b.list.map((i) => `- ${i}`);
    if ("link" in b) return [`[${b.link}](${b.to})`];
    if ("grid" in b) return [gridMarkdown(b.grid)];
    const { head, rows } = b.table;
    return [
      `| ${head.map(cell).join(" | ")} |`,
      `| ${head.map(() => "---").join(" | ")} |`,
      ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
    ];
  };
  return [`# ${title}`, "", ...blocks.flatMap((b) => [...part(b), ""])].join(
    "\n",
  );
}

export const escapeHtml = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const HUE: Partial<Record<Verdict, string>> = {
  complete: "#2e7d32",
  empty: "#9e9e9e",
  pending: "#0288d1",
  unknowable: "#616161",
  late: "#f9a825",
  "refine-outdated": "#8e24aa",
};
export const colourOf = (v: Verdict) => HUE[v] ?? "#c62828";

export const STYLE = `body{font:14px/1.4 system-ui,sans-serif;margin:2em}
table{border-collapse:collapse}
.grid td{width:1.4em;text-align:center;color:#fff;font:12px monospace;border:1px solid #fff}
.grid th{font-weight:normal;text-align:left;padding-right:1em;white-space:nowrap}
.grid thead th{font:11px monospace;writing-mode:vertical-rl;padding:2px}
.list td,.list th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}
b.k{display:inline-block;min-width:1.4em;text-align:center;color:#fff;font:12px monospace}`;

/** Topics by hours, coloured; `why` is shown where somebody points at a cell. */
export function gridHtml(
  grid: Grid,
  why: (topic: string, hour: string) => string | undefined = () => undefined,
): string {
  const hours = gridHours(grid);
  const row = (a: Grid[number]) => {
    const cells = hours.map((h) => {
      const v = a.cells[h] ?? "empty";
      const reason = why(a.topic, h);
      return `<td style="background:${colourOf(v)}" title="${escapeHtml(`${a.topic} ${h}: ${v}${reason ? `: ${reason}` : ""}`)}">${escapeHtml(SIGN[v])}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(a.topic)}</th>${cells.join("")}</tr>`;
  };
  return `<table class="grid"><thead><tr><th></th>${hours.map((h) => `<th scope="col">${h.slice(5)}</th>`).join("")}</tr></thead>
<tbody>${grid.map(row).join("\n")}</tbody></table>`;
}

const tableHtml = (head: string[], rows: (string | number)[][]) =>
  `<table class="list"><thead><tr>${head.map((h) => `<th>${escapeHtml(h)}</th>`).join("")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((c) => `<td>${escapeHtml(String(c))}</td>`).join("")}</tr>`).join("\n")}</tbody></table>`;

/** A page that needs nothing else. */
export function toHtml(title: string, blocks: Block[]): string {
  const part = (b: Block): string => {
    if ("heading" in b) return `<h2>${escapeHtml(b.heading)}</h2>`;
    if ("text" in b) return `<p>${escapeHtml(b.text)}</p>`;
    if ("list" in b)
      return `<ul>${b.list.map((i) => `<li>${escapeHtml(i)}</li>`).join("")}</ul>`;
    if ("link" in b)
      return `<p><a href="${escapeHtml(b.to)}">${escapeHtml(b.link)}</a></p>`;
    if ("grid" in b) return gridHtml(b.grid);
    return tableHtml(b.table.head, b.table.rows);
  };
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>
${STYLE}
</style>
<h1>${escapeHtml(title)}</h1>
${blocks.map(part).join("\n")}
</html>
`;
}
