import { styleText } from "node:util";
import { paint } from "../../cli/output";

/** How the demo speaks: lines that begin with the minutes and seconds since its start. */
const started = Date.now();

function clock(): string {
  const seconds = Math.round((Date.now() - started) / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, "0")}`;
}

export const say = (line = "") =>
  console.log(line === "" ? "" : `${paint("gray", clock())} ${line}`);

/** The heading of one act of the story. */
export const act = (title: string) =>
  console.log(
    `\n${paint("bold", `── ${title} ${"─".repeat(Math.max(0, 70 - title.length))}`)}`,
  );

/** A line that is redrawn where somebody watches, and silent in a log. */
export function ticker(text: string): void {
  if (process.stdout.isTTY)
    process.stdout.write(`\r\x1b[K${styleText("gray", `${clock()} ${text}`)}`);
}

export function clearTicker(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
}
