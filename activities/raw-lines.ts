import {
  isSequenceFile,
  rawEventOf,
  readSequenceFile,
} from "../formats/sequence-file";
import type { Hdfs } from "./hdfs";
import { linesOfText } from "./lines";

/** The lines of a raw hour's data files. */
export async function rawLines(hdfs: Hdfs, dir: string): Promise<string[]> {
  const lines: string[] = [];
  for (const file of (await hdfs.list(dir)) ?? []) {
    if (
      file.name.startsWith("_") ||
      file.name.startsWith(".") ||
      file.length === 0
    )
      continue;
    const bytes = await hdfs.read(`${dir}/${file.name}`);
    if (!bytes) continue;
    if (isSequenceFile(bytes))
      for (const record of readSequenceFile(bytes).records)
        lines.push(rawEventOf(record).line);
    else lines.push(...linesOfText(file.name, bytes));
  }
  return lines;
}
