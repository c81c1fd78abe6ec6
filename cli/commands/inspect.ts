import { open } from "node:fs/promises";
import type { Command } from "commander";
import { hdfsOf } from "../../clients/hdfs/hdfs-of";
import { loadConfig } from "../../workers/config";
import { FormatError } from "../../formats/format-error";
import { parseCamusFileName } from "../../formats/camus/camus-file-name";
import { decodeDoneFlag } from "../../formats/refine/done-flag";
import {
  type EtlKey,
  readCamusErrors,
  readCamusOffsets,
} from "../../formats/camus/etl-key";
import { yarnLogs } from "../../formats/yarn-log/yarn-log";
import { configOption } from "../config-option";
import { print, table } from "../output";
import { pipelineChosen } from "../pipeline";
import { parseLocation } from "../../formats/hadoop/location";
import { linesFound } from "../../lib/line-finder";
import { linesOf } from "../../lib/lines";
import { nameOf } from "../../lib/paths";
import type { RandomAccess } from "../../lib/random-access";
import { readOn } from "../../lib/read-on";
import { requiredLiteral } from "../../lib/required-literal";

type Options = { config: string; json?: boolean; hdfs?: boolean };
type OpenFile = RandomAccess & { close: () => Promise<void> };

/** Opens a file of this host, or with --hdfs or an hdfs:// address one on HDFS. */
async function openFile(file: string, options: Options): Promise<OpenFile> {
  const location = parseLocation(file);
  if (options.hdfs || location?.scheme === "hdfs")
    return openOnHdfs(location?.path ?? file, options);
  return openOnHost(file);
}

async function openOnHdfs(path: string, options: Options): Promise<OpenFile> {
  const config = loadConfig(options.config, pipelineChosen());
  // Nothing is written, so that no prefix needs to be allowed.
  const hdfs = hdfsOf(config);
  return { ...(await hdfs.open(path)), close: async () => undefined };
}

async function openOnHost(file: string): Promise<OpenFile> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT"
        ? `${file} does not exist (a path on HDFS needs --hdfs or hdfs://)`
        : error.message,
      { cause: error },
    );
  });
  const { size } = await handle.stat();
  return {
    size,
    read: async (offset, length) => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

/** Opens a file for some work and closes it after; an error about its format names it. */
async function withFile<T>(
  file: string,
  options: Options,
  work: (access: RandomAccess) => Promise<T>,
): Promise<T> {
  const access = await openFile(file, options);
  try {
    return await work(access);
  } catch (error) {
    throw error instanceof FormatError
      ? new FormatError(`${file}: ${error.message}`)
      : error;
  } finally {
    await access.close();
  }
}

const decoded = <T>(
  file: string,
  options: Options,
  decode: (bytes: Buffer) => T,
): Promise<T> =>
  withFile(file, options, async (access) =>
    decode(await access.read(0, access.size)),
  );

/** A key as it is printed: its time as people read it. */
const printable = <T extends EtlKey>(key: T) => ({
  ...key,
  time: isoTime(key.time),
});

/** An instant (epoch ms); the number itself where no calendar has it, as in a damaged file. */
function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

export function addCommands(command: Command): void {
  const sub = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option(...configOption)
      .option("--hdfs", "FILE is a path on HDFS")
      .option("--json", "print JSON");
  sub(
    "camus-offsets <file>",
    "stored offsets (offsets-previous, offsets-m-NNNNN), as a JSON array",
  ).action(async (file: string, options: Options) =>
    print((await decoded(file, options, readCamusOffsets)).map(printable)),
  );
  sub(
    "camus-errors <file>",
    "error records (errors-m-NNNNN), as a JSON array",
  ).action(async (file: string, options: Options) =>
    print((await decoded(file, options, readCamusErrors)).map(printable)),
  );
  sub(
    "done-flag <file>",
    "a _REFINED or _REFINE_FAILED flag: the raw directory's mtime when it was refined",
  ).action(async (file: string, options: Options) => {
    const time = isoTime(await decoded(file, options, decodeDoneFlag));
    print(options.json ? { time } : time);
  });
  sub("camus-file <name>", "what a data file's name says").action(
    inspectCamusFileName,
  );
  sub(
    "yarn-log <file>",
    "an aggregated log file's lines, whichever layout; exit code 1 where --match finds none",
  )
    .option("--match <regex>", "only lines that match")
    .addHelpText(
      "after",
      "\nExample: sisyphus inspect yarn-log app.tfile --match 'Failed refinement' --json",
    )
    .action(inspectYarnLog);
}

function inspectCamusFileName(name: string, options: Options): void {
  const parsed = parseCamusFileName(nameOf(name));
  if (!parsed)
    throw new Error(
      `"${name}" is not a name that Camus writes: <topic>.<leader>.<partition>.<count>.<offset>.<hour, epoch ms>, perhaps with .avro or a codec's extension`,
    );
  print(
    options.json ? parsed : table(["field", "value"], Object.entries(parsed)),
  );
}

async function inspectYarnLog(
  file: string,
  options: Options & { match?: string },
): Promise<void> {
  const match = options.match === undefined ? /^/ : regexOf(options.match);
  let found = 0;
  await withFile(file, options, async (access) => {
    const read = await readOn(access);
    try {
      for await (const { pieces, ...log } of yarnLogs(read))
        for await (const line of linesThatMayMatch(match, pieces)) {
          if (!match.test(line)) continue;
          found++;
          await printLine(
            options.json
              ? JSON.stringify({ ...log, line })
              : log.container === ""
                ? line
                : `${log.container} ${log.logType}: ${line}`,
          );
        }
    } finally {
      await read.close();
    }
  });
  if (options.match !== undefined && found === 0) process.exitCode = 1;
}

/** A log's lines, without those of which its bytes tell that they cannot match. */
function linesThatMayMatch(
  { source }: RegExp,
  pieces: AsyncIterable<Buffer>,
): AsyncIterable<string> {
  const literal = requiredLiteral(source);
  return literal === undefined
    ? linesOf(pieces)
    : linesFound(pieces, { needles: [literal] });
}

function regexOf(match: string): RegExp {
  try {
    return new RegExp(match);
  } catch (error) {
    throw new Error(`--match: ${(error as Error).message}`, { cause: error });
  }
}

/** Prints a line, and waits where whoever reads is slower: a log may have millions. */
async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`))
    await new Promise((go) => process.stdout.once("drain", go));
}
