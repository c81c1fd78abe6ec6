import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { CONF_DIR } from "./hadoop-conf";
import { SANDBOX_DIR } from "./paths";
import { HADOOP_USER, type Tools } from "./services";

const OPENS = ["java.lang", "java.nio", "java.util", "java.net"]
  .flatMap((name) => ["--add-opens", `java.base/${name}=ALL-UNNAMED`])
  .concat("--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED");

export const refineClasspath = (tools: Tools) =>
  `${join(CONF_DIR, "spark")}:${CONF_DIR}:${tools.refine}/*:${tools.refine}/lib/*`;
export const brokerClasspath = (tools: Tools) =>
  `${CONF_DIR}:${tools.broker}/*:${tools.broker}/lib/*`;

/** Runs a Java program to its end, its output in a file. @returns seconds @throws where it fails */
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
      ["-Xmx1g", "-XX:+UseSerialGC", ...OPENS, "-cp", classpath, main, ...args],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          HADOOP_USER_NAME: HADOOP_USER,
          HADOOP_CONF_DIR: CONF_DIR,
        },
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
