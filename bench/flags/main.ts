import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Storage } from "../../clients/storage";
import { mapPool } from "../../lib/map-pool";
import { nameOf } from "../../lib/paths";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { hadoopClasspath, java } from "../../sandbox/platform/java";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { setup } from "../../sandbox/platform/setup";
import type { Tools } from "../../sandbox/platform/tools";
import { down, reset, up } from "../../sandbox/platform/up";
import { loadConfig } from "../../workers/config";
import { alternating, secondsOf } from "../alternating";

type Options = { sizes: number[]; rounds: number };

const say = (line: string) => console.log(line);
const run = promisify(execFile);
const ROOT = "/wmf/data/event/bench_flags";
const ASIDE = "/wmf/data/event/bench_flags_aside";
/** Renames that are under way at the same time; more do not make HDFS quicker. */
const WIDTH = 16;
/** What a flag of Refine's holds: a time as eight bytes. */
const CONTENT = Buffer.from("000001646d7b3c00", "hex");

/** Each has a name of its own, as a glob moves all of them into one directory. */
const flagsOf = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) => `${ROOT}/hour=${Math.floor(i / 10)}/_REFINED_${i}`,
  );

async function compare(
  { hdfs, storage, tools }: { hdfs: Hdfs; storage: Storage; tools: Tools },
  count: number,
  rounds: number,
) {
  const flags = flagsOf(count);
  await mapPool(flags, WIDTH, (path) => hdfs.create(path, CONTENT));
  const planRef = await storage.write(
    { folder: "bench-flags", name: `plan-${count}.json` },
    { flags: flags.map((path) => ({ topic: "bench", path })) },
  );
  const asideOf = (path: string) => `${ASIDE}/${nameOf(path)}`;
  const backFrom = (place: (path: string) => string) =>
    mapPool(flags, WIDTH, async (path) => {
      if (!(await hdfs.claim(place(path), path)))
        throw new Error(`${path} was not moved aside`);
    });
  await hdfs.mkdir(ASIDE);
  let peakMb = 0;
  let turn = 0;
  return {
    seconds: await alternating(
      {
        ours: async () => {
          const saga = `bench-flags-${count}-${++turn}`;
          const { stdout } = await run(process.execPath, [
            ...["-r", "tsx/cjs", join(__dirname, "ours.ts"), planRef, saga],
          ]);
          const told = JSON.parse(stdout) as Record<
            "seconds" | "cleared" | "peakMb",
            number
          >;
          if (told.cleared !== count)
            throw new Error(`${told.cleared} of ${count} were cleared`);
          peakMb = Math.max(peakMb, told.peakMb);
          const aside = await storage.read<{ path: string; aside: string }[]>({
            folder: saga,
            name: "flags.json",
          });
          const places = new Map(aside!.map((flag) => [flag.path, flag.aside]));
          await backFrom((path) => places.get(path)!);
          return told.seconds;
        },
        peer: async () => {
          const took = await java(
            hadoopClasspath(tools),
            "org.apache.hadoop.fs.FsShell",
            ["-mv", `${ROOT}/*/_REFINED_*`, ASIDE],
            join(SANDBOX_DIR, "moved.txt"),
          );
          await backFrom(asideOf);
          return took;
        },
        limit: async () => {
          const took = await secondsOf(() =>
            mapPool(flags, WIDTH, (path) => hdfs.claim(path, asideOf(path))),
          );
          await backFrom(asideOf);
          return took;
        },
      },
      rounds,
    ),
    peakMb,
  };
}

export async function main({ sizes, rounds }: Options): Promise<void> {
  await reset(say);
  const tools = await setup(say);
  await up(say, ["namenode", "datanode"]);
  try {
    enterSandbox();
    const config = loadConfig(CONFIG_FILE);
    const { allowedPrefixes } = config;
    const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes });
    const storage = new Storage(hdfs, config.storage.path);
    say(
      "| flags | Sisyphus, s | `hdfs dfs -mv`, s | bare renames, s | × peer's speed | of the limit | peak, MB |",
    );
    say("| --: | --: | --: | --: | --: | --: | --: |");
    for (const count of sizes) {
      const { seconds, peakMb } = await compare(
        { hdfs, storage, tools },
        count,
        rounds,
      );
      const { ours, peer, limit } = seconds as Record<
        "ours" | "peer" | "limit",
        number
      >;
      say(
        `| ${count} | ${ours.toFixed(2)} | ${peer.toFixed(2)} | ${limit.toFixed(2)} | ${(peer / ours).toFixed(2)} | ${(limit / ours).toFixed(2)} | ${peakMb.toFixed(0)} |`,
      );
    }
  } finally {
    await down(say);
  }
}
