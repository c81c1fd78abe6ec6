import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { CONF_DIR } from "./hadoop-conf";
import { SANDBOX_DIR } from "./paths";
import type { Tools } from "./tools";

/** The account that owns all HDFS data and YARN applications of the sandbox. */
export const HADOOP_USER = "hdfs";

/** What every Hadoop client and daemon needs in its environment. */
export const hadoopEnv = {
  HADOOP_USER_NAME: HADOOP_USER,
  HADOOP_CONF_DIR: CONF_DIR,
};

// Hadoop, Spark and Kafka reach into packages that Java 17 keeps closed.
const OPENS = ["java.lang", "java.util", "java.nio", "java.net"].flatMap(
  (name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`],
);

/** Flags of a daemon: it starts quickly and takes little memory, at the cost of its top speed. */
export const LEAN = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", ...OPENS];

/**
 * The flag for a daemon's heap. Heaps fit an incident of some thousand events; `SISYPHUS_HEAP_FACTOR` makes them fit a
 * benchmark's fleet.
 */
export const heap = (mb: number) =>
  `-Xmx${mb * Number(process.env["SISYPHUS_HEAP_FACTOR"] ?? 1)}m`;

export const hadoopClasspath = (tools: Tools) =>
  `${CONF_DIR}:${tools.camus}/*:${tools.camus}/lib/*`;
export const refineClasspath = (tools: Tools) =>
  `${join(CONF_DIR, "spark")}:${CONF_DIR}:${tools.refine}/*:${tools.refine}/lib/*`;
export const brokerClasspath = (tools: Tools) =>
  `${CONF_DIR}:${tools.broker}/*:${tools.broker}/lib/*`;

/**
 * Runs a Java program to its end, its standard output appended to a file and its errors to the same with `.err` behind it.
 * @returns how many seconds it took
 * @throws Error with the program's exit code and the file, where the code is not 0
 */
export async function java(
  classpath: string,
  main: string,
  args: string[],
  output = join(SANDBOX_DIR, "logs", "bench.log"),
): Promise<number> {
  const from = performance.now();
  const out = createWriteStream(output, { flags: "a" });
  const code = await new Promise<number | null>((done, fail) => {
    const child = spawn(
      "java",
      [
        "-Xmx1g",
        "-XX:+UseSerialGC",
        ...OPENS,
        ...["--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"],
        "-cp",
        classpath,
        main,
        ...args,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...hadoopEnv },
      },
    );
    child.stdout.pipe(out, { end: false });
    child.stderr.resume();
    child.stderr.pipe(createWriteStream(`${output}.err`, { flags: "a" }));
    child.on("error", fail);
    child.on("close", done);
  });
  out.end();
  if (code !== 0) throw new Error(`${main} ended with ${code}; see ${output}`);
  return (performance.now() - from) / 1000;
}
