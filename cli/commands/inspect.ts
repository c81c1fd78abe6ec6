import { open } from "node:fs/promises";
import { Command } from "commander";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { loadConfig } from "../../workers/config";
import { FormatError } from "../../formats/format-error";
import { parseCamusFileName } from "../../formats/camus/camus-file-name";
import { decodeDoneFlag } from "../../formats/refine/done-flag";
import {
  type CamusError,
  type EtlKey,
  readCamusErrors,
  readCamusOffsets,
} from "../../formats/camus/etl-key";
import { yarnLogLines } from "../../formats/yarn-log/yarn-log";
import { configOption } from "./audit";
import { print, table } from "../output";
import type { RandomAccess } from "../../lib/random-access";

type Options = { config: string; json?: boolean; hdfs?: boolean };

/** Opens a local path, or with --hdfs or an hdfs:// address one on HDFS. */
async function openFile(
  file: string,
  o: Options,
): Promise<RandomAccess & { close: () => Promise<void> }> {
  if (o.hdfs || file.startsWith("hdfs://")) {
    const config = loadConfig(o.config);
    const path = file.replace(/^hdfs:\/\/[^/]*/, "");
    return {
      ...(await new Hdfs({ ...config.hdfs, allowedPrefixes: [] }).open(path)),
      close: async () => undefined,
    };
  }
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

const naming = (file: string, error: unknown) =>
  error instanceof FormatError
    ? new FormatError(`${file}: ${error.message}`)
    : error;

async function decoding<T>(
  file: string,
  o: Options,
  decode: (bytes: Buffer) => T,
): Promise<T> {
  const access = await openFile(file, o);
  try {
    return decode(await access.read(0, access.size));
  } catch (error) {
    throw naming(file, error);
  } finally {
    await access.close();
  }
}

const shown = (k: EtlKey) => ({
  topic: k.topic,
  partition: k.partition,
  leaderId: k.leaderId,
  beginOffset: k.beginOffset,
  offset: k.offset,
  time: isoTime(k.time),
});

function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

export function inspectCommand(): Command {
  const command = new Command("inspect").description(
    "open one thing: an offsets file, a flag, a file name, a log",
  );
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
  ).action(async (file: string, o: Options) =>
    print((await decoding(file, o, readCamusOffsets)).map(shown)),
  );
  sub(
    "camus-errors <file>",
    "error records (errors-m-NNNNN), as a JSON array",
  ).action(async (file: string, o: Options) =>
    print(
      (await decoding(file, o, readCamusErrors)).map((e: CamusError) => ({
        ...shown(e),
        error: e.error,
      })),
    ),
  );
  sub(
    "done-flag <file>",
    "a _REFINED or _REFINE_FAILED flag: the raw directory's mtime when it was refined",
  ).action(async (file: string, o: Options) => {
    const time = isoTime(await decoding(file, o, decodeDoneFlag));
    print(o.json ? { time } : time);
  });
  sub("camus-file <name>", "what a data file's name says").action(
    (name: string, o: Options) => {
      const parsed = parseCamusFileName(name.slice(name.lastIndexOf("/") + 1));
      if (!parsed)
        throw new Error(
          `"${name}" is not a name that Camus writes: <topic>.<leader>.<partition>.<count>.<offset>.<hour, epoch ms>[.gz|.snappy|.deflate]`,
        );
      print(
        o.json ? parsed : table(["field", "value"], Object.entries(parsed)),
      );
    },
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
    .action(async (file: string, o: Options & { match?: string }) => {
      let match: RegExp | undefined;
      try {
        match = o.match === undefined ? undefined : new RegExp(o.match);
      } catch (error) {
        throw new Error(`--match: ${(error as Error).message}`, {
          cause: error,
        });
      }
      const access = await openFile(file, o);
      let found = 0;
      try {
        for await (const { container, logType, line } of yarnLogLines(access)) {
          if (match && !match.test(line)) continue;
          found++;
          const text = o.json
            ? JSON.stringify({ container, logType, line })
            : `${container} ${logType}: ${line}`;
          if (!process.stdout.write(`${text}\n`))
            await new Promise((go) => process.stdout.once("drain", go));
        }
      } catch (error) {
        throw naming(file, error);
      } finally {
        await access.close();
      }
      if (match && found === 0) process.exitCode = 1;
    });
  return command;
}
