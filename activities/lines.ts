import { gunzipSync, inflateSync } from "node:zlib";

/** The lines of a text file as Camus' text writers leave it: plain, .gz or .deflate. */
export function linesOfText(name: string, bytes: Buffer): string[] {
  const plain = name.endsWith(".gz")
    ? gunzipSync(bytes)
    : name.endsWith(".deflate")
      ? inflateSync(bytes)
      : bytes;
  return plain
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
