import { type Grid, gridHours } from "../domain/audit/grid";
import { VERDICT, type Verdict } from "../domain/audit/verdicts";
import { usedVerdicts, verdictAt } from "./grid";
import { lookOf, THEME } from "./theme";

/** Plain text as HTML: nothing in it is taken for markup. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const STYLE = `
body{font:14px/1.4 system-ui,sans-serif;margin:2em}
table{border-collapse:collapse}
.grid td{width:1.4em;text-align:center;color:#fff;font:12px monospace;border:1px solid #fff}
.grid th{font-weight:normal;text-align:left;padding-right:1em;white-space:nowrap}
.grid thead th{font:11px monospace;writing-mode:vertical-rl;padding:2px}
.list td,.list th{padding:2px 10px 2px 0;text-align:left;vertical-align:top}
b.k{display:inline-block;min-width:1.4em;text-align:center;color:#fff;font:12px monospace}
`;

/** A page that needs nothing else. `title` and `heading` are plain text, `parts` are HTML; an empty part leaves an empty line. */
export const pageHtml = (
  title: string,
  heading: string,
  parts: string[],
): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(heading)}</h1>
${parts.join("\n")}
</html>
`;

export const headingHtml = (text: string): string =>
  `<h2>${escapeHtml(text)}</h2>`;

export const textHtml = (text: string): string => `<p>${escapeHtml(text)}</p>`;

export const linkHtml = (text: string, to: string): string =>
  `<p><a href="${escapeHtml(to)}">${escapeHtml(text)}</a></p>`;

/** A list; nothing where there are no items. */
export const listHtml = (items: string[]): string =>
  items.length === 0
    ? ""
    : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;

/** A table of plain text. */
export function tableHtml(head: string[], rows: (string | number)[][]): string {
  const headCells = head.map((text) => `<th>${escapeHtml(text)}</th>`);
  const bodyRows = rows.map((row) => {
    const cells = row.map((value) => `<td>${escapeHtml(String(value))}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table class="list"><thead><tr>${headCells.join("")}</tr></thead>
<tbody>${bodyRows.join("\n")}</tbody></table>`;
}

const backgroundOf = ({ hex }: { hex: string }) => `background:${hex}`;

/** Every style that a page may have, of its own and of its elements, as it stands there: a server allows no others. */
export const PAGE_STYLES: readonly string[] = [
  STYLE,
  ...Object.values(THEME).map(backgroundOf),
];

const background = (verdict: Verdict): string =>
  `style="${backgroundOf(lookOf(verdict))}"`;

const signHtml = (verdict: Verdict): string =>
  escapeHtml(VERDICT[verdict].sign);

/** What the signs mean, for those that a grid uses. */
export function legendHtml(grid: Grid): string {
  const entries = usedVerdicts(grid).map(
    (verdict) =>
      `<b class="k" ${background(verdict)}>${signHtml(verdict)}</b> ${verdict}`,
  );
  return `<p>${entries.join(" &nbsp; ")}</p>`;
}

/** Topics by hours, coloured; `why` is shown where somebody points at a cell. */
export function gridHtml(
  grid: Grid,
  why: (topic: string, hour: string) => string | undefined = () => undefined,
): string {
  const hours = gridHours(grid);
  const head = hours.map((hour) => `<th scope="col">${hour.slice(5)}</th>`);
  const rows = grid.map((row) => {
    const cells = hours.map((hour) => {
      const verdict = verdictAt(row, hour);
      const reason = why(row.topic, hour);
      const title = `${row.topic} ${hour}: ${verdict}${reason ? `: ${reason}` : ""}`;
      return `<td ${background(verdict)} title="${escapeHtml(title)}">${signHtml(verdict)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(row.topic)}</th>${cells.join("")}</tr>`;
  });
  return `<table class="grid"><thead><tr><th></th>${head.join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}
