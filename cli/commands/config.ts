import { type Command, Option } from "commander";
import { clientsOf } from "../../clients/cluster";
import {
  type CheckedRight,
  NEEDED_BY,
  type NeededBy,
} from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { configDigest } from "../../domain/settings/config-digest";
import { type Pipeline, pipelineNamed } from "../../domain/settings/pipelines";
import { loadPipelines } from "../../workers/config";
import {
  demandOf,
  exitCodeOf,
  grantsText,
  rightsTable,
  rightsTried,
} from "../checks/rights";
import { type Row, systemRows, workerRows } from "../checks/systems";
import { untilInterrupted } from "../checks/until-interrupted";
import { configOption } from "../config-option";
import { type InitOptions, writeFirstConfig } from "../first-config";
import { print, table } from "../output";
import { pipelineChosen } from "../pipeline";

type CheckOptions = { config: string; for?: NeededBy[]; json?: boolean };

type Checked = {
  systems: Row[];
  workers: Row[];
  rights: CheckedRight[];
};

const SYSTEMS = ["system", "state"];
const WORKERS = ["queue", "worker", "version", "configuration"];

const asObjects = (header: string[], rows: Row[]) =>
  rows.map(({ cells, isFailed }) => ({
    ...Object.fromEntries(header.map((name, i) => [name, cells[i]])),
    isFailed,
  }));
const cellsOf = (rows: Row[]) => rows.map(({ cells }) => cells);

async function check(
  { config, name }: Pick<Pipeline, "config" | "name">,
  demand: NeededBy[],
): Promise<Checked> {
  const clients = clientsOf(config);
  const kafka = clients.kafka();
  const tried = rightsTried(config, clients, kafka, demand);
  const checked = Promise.all([
    systemRows(config, clients, kafka),
    workerRows(config, name),
    tried.rights,
  ]).finally(() => kafka.close());
  const [systems, workers, rights] = await untilInterrupted(
    checked,
    tried.stop,
  );
  return { systems, workers, rights };
}

function printChecked(config: Config, checked: Checked): void {
  const { systems, workers, rights } = checked;
  print(table(SYSTEMS, cellsOf(systems)));
  print(`\nThis file's configuration is ${configDigest(config)}.`);
  print(table(WORKERS, cellsOf(workers)));
  print(`\n${table(...rightsTable(rights))}`);
  const grants = grantsText(rights);
  if (grants !== "") print(`\n${grants}`);
}

export function addCommands(command: Command): void {
  command
    .command("init")
    .description(
      "write a first sisyphus.yaml, with comments, from what Hadoop's configuration and Kafka tell; what is there is never written over (exit code 2)",
    )
    .option("--kafka <host:port,…>", "brokers, which are asked for topics")
    .option(
      "--kafka-properties <file>",
      "a Java client's properties, as Kafka's own tools take them (--command-config): how Kafka is asked, and what security.kafka is to be; brokers are its bootstrap.servers unless --kafka names some",
    )
    .option(
      "--hadoop-conf <folder>",
      "Hadoop's configuration; by default HADOOP_CONF_DIR or /etc/hadoop/conf",
    )
    .option("--out <file>", "where to write it; - prints it", "sisyphus.yaml")
    .action(async (options: InitOptions) => {
      process.exitCode = await writeFirstConfig(options, print, (line) =>
        console.error(line),
      );
    });
  command
    .command("check")
    .description(
      "check the file, that every system answers, that all workers have this configuration, and that each right is there; exit code 1 where it is not so, 3 where a right could not be tried",
    )
    .option(...configOption)
    .addOption(
      new Option(
        "--for <who...>",
        "who is to work: rights that nobody of these needs are not asked for",
      ).choices(NEEDED_BY),
    )
    .option("--json", "for scripts")
    .action(async (options: CheckOptions) => {
      const rows: Row[] = [];
      const tried: CheckedRight[] = [];
      const told: object[] = [];
      for (const pipeline of pipelinesMeant(options.config)) {
        const { name, config } = pipeline;
        const checked = await check(pipeline, options.for ?? demandOf(config));
        rows.push(...checked.systems, ...checked.workers);
        tried.push(...checked.rights);
        if (options.json) told.push(asJson(pipeline, checked));
        else {
          if (name !== undefined)
            print(
              `${tried.length > checked.rights.length ? "\n" : ""}Pipeline ${name}\n`,
            );
          printChecked(config, checked);
        }
      }
      // Scripts of before read the answer for one pipeline without a name.
      if (options.json) print(told.length > 1 ? told : told[0]);
      process.exitCode = exitCodeOf(rows, tried);
    });
}

/** The pipeline that was chosen, else all of the file's. */
const pipelinesMeant = (path: string): Pipeline[] => {
  const all = loadPipelines(path);
  const chosen = pipelineChosen();
  return chosen === undefined ? all : [pipelineNamed(all, chosen, path)];
};

const asJson = (
  { name, config }: Pipeline,
  { systems, workers, rights }: Checked,
) => ({
  ...(name === undefined ? {} : { pipeline: name }),
  configuration: configDigest(config),
  systems: asObjects(SYSTEMS, systems),
  workers: asObjects(WORKERS, workers),
  rights,
});
