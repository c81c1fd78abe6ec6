import { execFile } from "node:child_process";
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256 } from "../../lib/digest";
import { alternating, secondsOf } from "../alternating";
import { type Archive, generate } from "./generate";

type Options = { sizes: number[]; missing: number; rounds: number };

/** MiB for DuckDB in our own search: the default of `search.memoryMb`. */
const MEMORY_MB = 256;
const MAX_OUTPUT = 1 << 20;
const run = promisify(execFile);
const say = (line: string) => console.log(line);

/** How it is done with the tools of every machine: uuids of both sides, sorted and compared, and then the lines with those that are left. */
const SHELL = `
export LC_ALL=C
archive() { cat "$1"; gzip -dc "$2"; }
archive "$1" "$2" | grep -oE '"uuid": "[0-9a-f]{32}"' | cut -c 10-41 | sort > uuids
cut -f 2 "$3" | sort > held
comm -23 uuids held > missing
archive "$1" "$2" | grep -F -f missing > found`;

const digestOf = (text: string): string =>
  sha256(text.split("\n").filter(Boolean).sort().join("\n"));

async function compare(folder: string, archive: Archive, rounds: number) {
  const { plain, gz, held } = archive;
  let peakMb = 0;
  let wanted: string | undefined;
  const mustAgree = (who: string, digest: string) => {
    wanted ??= digest;
    if (digest !== wanted)
      throw new Error(`${who} found other events than the shell`);
  };
  const node = (file: string, ...args: string[]) =>
    run(process.execPath, ["-r", "tsx/cjs", join(__dirname, file), ...args], {
      maxBuffer: MAX_OUTPUT,
    });
  const seconds = await alternating(
    {
      shell: async () => {
        const took = await secondsOf(() =>
          run("sh", ["-c", SHELL, "sh", plain, gz, held], { cwd: folder }),
        );
        mustAgree(
          "the shell",
          digestOf(readFileSync(join(folder, "found"), "utf8")),
        );
        return took;
      },
      ours: async () => {
        const { stdout } = await node("ours.ts", folder, String(MEMORY_MB));
        const told = JSON.parse(stdout) as {
          seconds: number;
          found: number;
          digest: string;
          peakMb: number;
        };
        if (told.found !== archive.missing)
          throw new Error(`Sisyphus found ${told.found} of ${archive.missing}`);
        mustAgree("Sisyphus", told.digest);
        peakMb = Math.max(peakMb, told.peakMb);
        return told.seconds;
      },
      duckdb: async () => {
        const out = join(folder, "found-by-duckdb");
        const took = await secondsOf(() =>
          node("duckdb-alone.ts", plain, gz, held, out),
        );
        mustAgree("DuckDB alone", digestOf(readFileSync(out, "utf8")));
        return took;
      },
      limit: () =>
        secondsOf(() =>
          run("sh", [
            "-c",
            'cat "$1" > /dev/null & gzip -dc "$2" > /dev/null; wait',
            "sh",
            plain,
            gz,
          ]),
        ),
    },
    rounds,
  );
  return { seconds, peakMb };
}

export async function main({ sizes, missing, rounds }: Options): Promise<void> {
  say(
    "| events | archive, MB (stored) | missing | Sisyphus, s | shell, s | DuckDB alone, s | bytes alone, s | × shell's speed | × DuckDB's time | peak, MB |",
  );
  say("| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
  for (const events of sizes) {
    const folder = mkdtempSync(join(tmpdir(), "sisyphus-bench-search-"));
    try {
      const archive = await generate(folder, events, missing);
      writeFileSync(join(folder, "archive.json"), JSON.stringify(archive));
      const stored = statSync(archive.plain).size + statSync(archive.gz).size;
      const { seconds, peakMb } = await compare(folder, archive, rounds);
      const { ours, shell, duckdb, limit } = seconds as Record<
        "ours" | "shell" | "duckdb" | "limit",
        number
      >;
      say(
        `| ${events} | ${(stored / 2 ** 20).toFixed(0)} | ${archive.missing} | ${ours.toFixed(2)} | ${shell.toFixed(2)} | ${duckdb.toFixed(2)} | ${limit.toFixed(2)} | ${(shell / ours).toFixed(2)} | ${(ours / duckdb).toFixed(2)} | ${peakMb.toFixed(0)} |`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
