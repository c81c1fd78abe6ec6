import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import {
  HADOOP_USER,
  hadoopClasspath,
  java,
} from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { setup } from "../../sandbox/platform/setup";
import type { Tools } from "../../sandbox/platform/tools";
import { down, reset, up } from "../../sandbox/platform/up";
import { BIN } from "../../sandbox/platform/wrappers";
import { loadConfig } from "../../workers/config";
import { alternating, secondsOf } from "../alternating";

type Options = { sizes: number[]; codecs: string[]; rounds: number };

const say = (line: string) => console.log(line);
const run = promisify(execFile);
const MAX_OUTPUT = 1 << 20;

/** An application's logs on HDFS: in how many bytes, and how many status lines they have. */
type Planted = { id: string; paths: string[]; bytes: number; statuses: number };

async function plant(
  hdfs: Hdfs,
  tools: Tools,
  codec: string,
  mb: number,
  number: number,
): Promise<Planted> {
  const bucket = String(number).padStart(4, "0");
  const id = `application_1530000000000_${bucket}`;
  const { logDir } = loadConfig(CONFIG_FILE).yarn;
  const dir = `${logDir}/${HADOOP_USER}/bucket-logs-tfile/${bucket}/${id}`;
  const work = join(SANDBOX_DIR, "planted");
  const output = join(SANDBOX_DIR, `planted-${id}.txt`);
  await hdfs.mkdir(dir);
  mkdirSync(work, { recursive: true });
  const program = join(__dirname, "AggregatedLogs.java");
  await java(
    hadoopClasspath(tools),
    program,
    [codec, String(mb), id, dir, work, HADOOP_USER],
    output,
  );
  rmSync(work, { recursive: true });
  const files = (await hdfs.list(dir)) ?? [];
  return {
    id,
    paths: files.map(({ name }) => `${dir}/${name}`),
    bytes: files.reduce((sum, { length }) => sum + length, 0),
    statuses: Number(readFileSync(output, "utf8").trim().split("\n").at(-1)),
  };
}

/** @throws Error where a contestant has not found what was planted */
function mustFind(who: string, found: number, { statuses }: Planted): void {
  if (found !== statuses)
    throw new Error(`${who} found ${found} of ${statuses} status lines`);
}

async function compare(
  hdfs: Hdfs,
  planted: Planted,
  rounds: number,
): Promise<{ seconds: Record<string, number>; peakMb: number }> {
  let peakMb = 0;
  const seconds = await alternating(
    {
      ours: async () => {
        const { stdout } = await run(
          process.execPath,
          ["-r", "tsx/cjs", join(__dirname, "ours.ts"), planted.id],
          { maxBuffer: MAX_OUTPUT },
        );
        const told = JSON.parse(stdout) as Record<
          "seconds" | "found" | "peakMb",
          number
        >;
        mustFind("Sisyphus", told.found, planted);
        peakMb = Math.max(peakMb, told.peakMb);
        return told.seconds;
      },
      peer: () =>
        secondsOf(async () => {
          const { stdout } = await run("sh", [
            "-c",
            `'${join(BIN, "yarn")}' logs -applicationId ${planted.id} -appOwner ${HADOOP_USER} 2>/dev/null | grep -cE '(Finished|Failed) refinement of (JSON )?dataset'`,
          ]);
          mustFind("yarn logs | grep", Number(stdout), planted);
        }),
      // What no reader can be quicker than: the files' bytes by WebHDFS, all side by side, and nothing done with them.
      limit: () =>
        secondsOf(() =>
          Promise.all(
            planted.paths.map((path) =>
              run("curl", ["-sfL", "-o", "/dev/null", hdfs.link(path)]),
            ),
          ),
        ),
    },
    rounds,
  );
  return { seconds, peakMb };
}

export async function main({ sizes, codecs, rounds }: Options): Promise<void> {
  await reset(say);
  const tools = await setup(say);
  await up(say);
  try {
    enterSandbox();
    const hdfs = new Hdfs({
      ...loadConfig(CONFIG_FILE).hdfs,
      allowedPrefixes: [],
    });
    say(
      "| codec | text, MB | stored, MB | Sisyphus, s | `yarn logs \\| grep`, s | bytes alone, s | × peer's speed | of the limit | peak, MB |",
    );
    say("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    let number = 0;
    for (const codec of codecs)
      for (const mb of sizes) {
        const planted = await plant(hdfs, tools, codec, mb, ++number);
        const { seconds, peakMb } = await compare(hdfs, planted, rounds);
        const { ours, peer, limit } = seconds as Record<
          "ours" | "peer" | "limit",
          number
        >;
        say(
          `| ${codec} | ${mb} | ${(planted.bytes / 2 ** 20).toFixed(0)} | ${ours.toFixed(2)} | ${peer.toFixed(2)} | ${limit.toFixed(2)} | ${(peer / ours).toFixed(2)} | ${(limit / ours).toFixed(2)} | ${peakMb.toFixed(0)} |`,
        );
      }
  } finally {
    await down(say);
  }
}
