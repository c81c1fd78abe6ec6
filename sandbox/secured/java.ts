import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { CONF_DIR } from "../platform/hadoop-conf";
import { heap, LEAN } from "../platform/java";
import { launch, logFile } from "../platform/processes";
import type { Tools } from "../platform/tools";
import { KERBEROS_FLAGS, KRB5_CONF } from "./kdc";

/** What a program needs to be somebody in the secured cluster. @param cache the credential cache of who runs it; a daemon has a keytab */
export const securedEnv = (cache?: string): NodeJS.ProcessEnv => ({
  HADOOP_CONF_DIR: CONF_DIR,
  KRB5_CONFIG: KRB5_CONF,
  KRB5CCNAME: cache,
});

type Program = {
  jars: string;
  heapMb: number;
  flags?: string[];
  /** A folder of jars whose classes count before all others. */
  before?: string;
  main: string;
  args?: string[];
};

const argumentsOf = ({ jars, before, heapMb, flags, main, args }: Program) => [
  heap(heapMb),
  ...LEAN,
  ...KERBEROS_FLAGS,
  ...(flags ?? []),
  "-cp",
  [
    ...(before === undefined ? [] : [`${before}/*`]),
    ...[CONF_DIR, `${jars}/*`, `${jars}/lib/*`],
  ].join(":"),
  main,
  ...(args ?? []),
];

export const hadoopProgram = (
  tools: Tools,
  main: string,
  args: string[] = [],
): Program => ({ jars: tools.camus, heapMb: 192, main, args });

/** Starts a program of the secured cluster, which is stopped with the sandbox. */
export function startSecured(
  name: string,
  program: Program,
  cache?: string,
): void {
  launch(name, "java", argumentsOf(program), { env: securedEnv(cache) });
}

/** A tool that asks a question would wait for ever. */
const PROGRAM_MS = 120_000;

/** Runs a program of the secured cluster to its end. @throws Error naming the file that has what it said, where it fails */
export function runSecured(program: Program, cache?: string): string {
  const file = logFile("secured-programs");
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, "a");
  const { status, stdout } = spawnSync("java", argumentsOf(program), {
    stdio: ["ignore", "pipe", log],
    encoding: "utf8",
    timeout: PROGRAM_MS,
    env: { ...process.env, ...securedEnv(cache) },
  });
  appendFileSync(log, stdout);
  closeSync(log);
  if (status === 0) return stdout;
  const { main, args = [] } = program;
  throw new Error(
    `${[main, ...args].join(" ")} ended with ${status}; see ${file}`,
  );
}
