import { type Command, Option } from "commander";
import { clientsOf } from "../../clients/cluster";
import {
  type CheckedRight,
  NEEDED_BY,
  type NeededBy,
} from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { configDigest } from "../../domain/settings/config-digest";
import { loadConfig } from "../../workers/config";
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

async function check(config: Config, demand: NeededBy[]): Promise<Checked> {
  const clients = clientsOf(config);
  const kafka = clients.kafka();
  const tried = rightsTried(config, clients, kafka, demand);
  const checked = Promise.all([
    systemRows(config, clients, kafka),
    workerRows(config),
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
      const config = loadConfig(options.config);
      const checked = await check(config, options.for ?? demandOf(config));
      const { systems, workers, rights } = checked;
      if (options.json)
        print({
          configuration: configDigest(config),
          systems: asObjects(SYSTEMS, systems),
          workers: asObjects(WORKERS, workers),
          rights,
        });
      else printChecked(config, checked);
      process.exitCode = exitCodeOf([...systems, ...workers], rights);
    });
}
