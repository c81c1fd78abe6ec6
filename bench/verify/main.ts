import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { isDeepStrictEqual, promisify } from "node:util";
import { join } from "node:path";
import { java, refineClasspath } from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { setup } from "../../sandbox/platform/setup";
import type { Tools } from "../../sandbox/platform/tools";
import { down, reset, up } from "../../sandbox/platform/up";
import { alternating, secondsOf } from "../alternating";
import { type Counts, generate, type Made, type Size } from "./generate";

type Options = Size & { rounds: number; fresh?: boolean; keep?: boolean };

const say = (line: string) => console.log(line);
const run = promisify(execFile);
const RAW = "/wmf/data/raw/eventlogging/eventlogging_Fleet*/hourly/*/*/*/*/*";
const REFINED = "/wmf/data/event/Fleet*/year=*/month=*/day=*/hour=*/*.parquet";

/** What Spark counts of the same files, once it has started. */
async function spark(tools: Tools): Promise<Counts> {
  const output = join(SANDBOX_DIR, "spark-counts.json");
  rmSync(output, { force: true });
  const program = join(__dirname, "SparkCounts.java");
  await java(refineClasspath(tools), program, [RAW, REFINED], output);
  return JSON.parse(readFileSync(output, "utf8")) as Counts;
}

async function compare(tools: Tools, made: Made, rounds: number) {
  const wanted = { rows: made.rows, distinct: made.rows, duplicates: 0 };
  const mustAgree = (who: string, found: Counts) => {
    if (!isDeepStrictEqual(found, wanted))
      throw new Error(
        `${who} counted ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
      );
  };
  let peakMb = 0;
  const ours = (part: string) => async () => {
    const { stdout } = await run(process.execPath, [
      "-r",
      "tsx/cjs",
      join(__dirname, "ours.ts"),
      part,
    ]);
    const told = JSON.parse(stdout) as {
      seconds: number;
      peakMb: number;
      found?: Counts;
    };
    if (told.found) mustAgree(part, told.found);
    peakMb = Math.max(peakMb, told.peakMb);
    return told.seconds;
  };
  const seconds = await alternating(
    {
      spark: () =>
        secondsOf(async () => {
          const { rows, distinct, duplicates } = await spark(tools);
          mustAgree("Spark", { rows, distinct, duplicates });
        }),
      counts: ours("counts"),
      whole: ours("whole"),
      bytes: ours("bytes"),
    },
    rounds,
  );
  return { seconds, peakMb };
}

export async function main({
  rounds,
  fresh,
  keep,
  ...size
}: Options): Promise<void> {
  if (fresh) await reset(say);
  const tools = await setup(say);
  await up(say);
  try {
    const made = await generate(size, tools);
    const { seconds, peakMb } = await compare(tools, made, rounds);
    const { spark, counts, whole, bytes } = seconds as Record<
      "spark" | "counts" | "whole" | "bytes",
      number
    >;
    say(
      "| partitions | rows | MB | counts, s | whole step, s | Spark, s | bytes alone, s | × Spark's speed | × the bytes' time | peak, MB |",
    );
    say("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
    say(
      `| ${size.topics * size.hours} | ${made.rows} | ${(made.bytes / 2 ** 20).toFixed(0)} | ${counts.toFixed(1)} | ${whole.toFixed(1)} | ${spark.toFixed(1)} | ${bytes.toFixed(1)} | ${(spark / counts).toFixed(2)} | ${(counts / bytes).toFixed(2)} | ${peakMb.toFixed(0)} |`,
    );
  } finally {
    if (!keep) await down(say);
  }
}
