import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { z } from "zod";
import type { configSchema } from "../../domain/settings/config";
import { sha256 } from "../../lib/digest";
import { securedCluster } from "../secured/config";
import { KRB5_BRIEF_CONF } from "../secured/kdc";
import { temporalAccess } from "../secured/temporal";
import { type ClusterSettings, openCluster } from "./cluster";
import { access } from "./access";
import { NOTICED } from "./clock";
import { isSecured } from "./kind";
import { ARCHIVE_DIR, SANDBOX_DIR } from "./paths";
import { type Ports, ports } from "./ports";
import {
  REFINE_ARGUMENTS,
  REFINE_CLASS,
  refineJar,
  TRANSFORM_FUNCTIONS,
} from "./refine";
import { NAMESPACE } from "./services/temporal";
import type { Tools } from "./tools";
import { BIN, CAMUS_LOG } from "./wrappers";

/** The sandbox's own sisyphus.yaml: what an operator would write for this platform. */
export const CONFIG_FILE = join(SANDBOX_DIR, "sisyphus.yaml");

/** The commands that hold a job's own schedule and let it go; without schedules they do no harm. */
const steering = (job: string) => ({
  hold: [join(BIN, "schedule"), "hold", job],
  release: [join(BIN, "schedule"), "release", job],
});

/** Writes `sisyphus.yaml` and `env.sh`. What a test has changed in the former is gone after it. */
export function writeConfig(p: Ports, tools: Tools): void {
  const sparkJobs = {
    submit: [join(BIN, "spark-submit")],
    jar: tools.sparkJobs,
  };
  const { hdfs, yarn, ...cluster } = isSecured()
    ? securedCluster(p)
    : openCluster(p);
  const jobs: Omit<z.input<typeof configSchema>, keyof ClusterSettings> = {
    archive: {
      host: "eventlog1002",
      files: [
        join(ARCHIVE_DIR, "all-events.log"),
        join(ARCHIVE_DIR, "archive", "all-events.log-*"),
      ],
      excludedSchemas: "VirtualPageView|Popups",
    },
    search: { spark: sparkJobs },
    verify: { spark: sparkJobs },
    importer: {
      command: [join(BIN, "camus")],
      historyPath: "/wmf/camus/eventlogging-00/history",
      log: CAMUS_LOG,
      ...steering("importer"),
    },
    refine: {
      submit: [join(BIN, "spark-submit")],
      jar: refineJar(tools),
      allowedSha256: [sha256(readFileSync(refineJar(tools)))],
      class: REFINE_CLASS,
      arguments: REFINE_ARGUMENTS,
      transforms: TRANSFORM_FUNCTIONS,
      ...steering("refine"),
    },
    allowedPrefixes: ["/wmf/data/event", "/wmf/data/sisyphus", "/wmf/camus"],
    // Eleven days: from the hours of June 25, in which nothing was lost yet, to July 5.
    audit: { lookbackHours: 264, batchTopics: 11 },
    // Small, so that a saga of 44 topics is cut into shards as a large one would be.
    saga: { shardTopics: 15, window: 2 },
    replay: { eventsPerSecond: 60, batchEvents: 20 },
    metrics: { port: p.metrics },
    webUi: `http://127.0.0.1:${p.temporalUi}/namespaces/${NAMESPACE}`,
  };
  const config = {
    ...cluster,
    hdfs: { ...hdfs, user: access(p).user },
    // Programs here are all on one host, and tell what they have done as they end.
    yarn: { ...yarn, driverSeconds: 10 },
    ...jobs,
  };
  writeFileSync(CONFIG_FILE, stringify(config));
  writeFileSync(
    join(SANDBOX_DIR, "env.sh"),
    [
      ...foreign(p).map((name) => `unset ${name}\n`),
      ...Object.entries(environment(p)).map(
        ([name, value]) => `export ${name}='${value}'\n`,
      ),
    ].join(""),
  );
}

/** What a terminal or a worker needs to reach this sandbox; also in `env.sh`, to be sourced. */
export const environment = (p: Ports) => ({
  TEMPORAL_ADDRESS: `127.0.0.1:${p.temporal}`,
  TEMPORAL_NAMESPACE: NAMESPACE,
  SISYPHUS_CONFIG: CONFIG_FILE,
  SISYPHUS_WEB_UI: `http://127.0.0.1:${p.temporalUi}/namespaces/${NAMESPACE}`,
  // Audits and sagas judge by the sandbox's calendar.
  SISYPHUS_AS_OF: NOTICED,
  ...(isSecured() ? ofSecured(p) : {}),
});

const ofSecured = (p: Ports) => ({
  KRB5_CONFIG: KRB5_BRIEF_CONF,
  ...temporalAccess(p),
});

/** What a process has to forget that spoke to a sandbox of the other kind before. */
const foreign = (p: Ports): string[] =>
  Object.keys({ ...ofSecured(p), KRB5CCNAME: "" }).filter(
    (name) => !(name in environment(p)),
  );

/** Makes this process one that speaks to this sandbox, once that is up: of which kind it is was settled then. */
export function enterSandbox(): void {
  const p = ports();
  for (const name of foreign(p)) delete process.env[name];
  Object.assign(process.env, environment(p));
}
