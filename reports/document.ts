import type { Grid } from "../domain/audit/grid";
import { gridMarkdown } from "./grid";
import {
  gridHtml,
  headingHtml,
  linkHtml,
  listHtml,
  pageHtml,
  tableHtml,
  textHtml,
} from "./html";

/** A report in parts, so that Markdown and HTML say the same. Text is plain; nothing in it is taken for markup. */
export type Block =
  | { heading: string }
  | { text: string }
  | { list: string[] }
  | { link: string; to: string }
  | { table: { head: string[]; rows: (string | number)[][] } }
  | { grid: Grid };

/** A document as Markdown. */
export function toMarkdown(title: string, blocks: Block[]): string {
  const parts = blocks.flatMap((block) => [...blockMarkdown(block), ""]);
  return [`# ${title}`, "", ...parts].join("\n");
}

/** A document as an HTML page that needs nothing else. */
export function toHtml(title: string, blocks: Block[]): string {
  return pageHtml(title, title, blocks.map(blockHtml));
}

/** One block's lines of Markdown. */
function blockMarkdown(block: Block): string[] {
  if ("heading" in block) return [`## ${block.heading}`];
  if ("text" in block) return [block.text];
  if ("list" in block) return block.list.map((item) => `- ${item}`);
  if ("link" in block) return [`[${block.link}](${block.to})`];
  if ("grid" in block) return [gridMarkdown(block.grid)];
  const { head, rows } = block.table;
  return [head, head.map(() => "---"), ...rows].map(
    (row) => `| ${row.map(cellMarkdown).join(" | ")} |`,
  );
}

/** A table's cell: it must neither end the cell nor the line. */
const cellMarkdown = (value: string | number): string =>
  String(value)
    .replaceAll("|", String.raw`\|`)
    .replaceAll("\n", " ");

function blockHtml(block: Block): string {
  if ("heading" in block) return headingHtml(block.heading);
  if ("text" in block) return textHtml(block.text);
  if ("list" in block) return listHtml(block.list);
  if ("link" in block) return linkHtml(block.link, block.to);
  if ("grid" in block) return gridHtml(block.grid);
  return tableHtml(block.table.head, block.table.rows);
}
