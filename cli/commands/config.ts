import { Command } from "commander";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Hive } from "../../clients/hive/hive";
import { Kafka } from "../../clients/kafka/kafka";
import { Yarn } from "../../clients/yarn/yarn";
import { loadConfig } from "../../workers/config";
import { configOption } from "./audit";
import { connectClient } from "../../workers/connection";
import { print, table } from "../output";

export function configCommand(): Command {
  const command = new Command("config").description("the configuration file");
  command
    .command("check")
    .description(
      "check the file, and that every system answers; exit code 1 where one does not",
    )
    .option(...configOption)
    .action(async (o: { config: string }) => {
      const config = loadConfig(o.config);
      const kafka = new Kafka(config.kafka.brokers);
      const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes: [] });
      const checks: [string, () => Promise<string>][] = [
        [
          "Temporal",
          async () => (
            await (await connectClient()).connection.close(),
            "answers"
          ),
        ],
        ["Kafka", async () => `${(await kafka.topics()).length} topics`],
        [
          "HDFS",
          async () => ((await hdfs.list("/")) ? "answers" : "has no root"),
        ],
        [
          "YARN",
          async () =>
            `${(await new Yarn(config.yarn.resourceManager, config.hdfs.user).running()).length} applications running`,
        ],
        [
          "Hive metastore",
          async () =>
            `${(await new Hive(config.hive.metastore).tables(config.naming.database)).length} tables in ${config.naming.database}`,
        ],
        [
          "importer history",
          async () =>
            `${((await hdfs.list(config.importer.historyPath)) ?? []).length} runs`,
        ],
      ];
      const rows = await Promise.all(
        checks.map(async ([name, act]) => [
          name,
          await act().then(
            (text) => `ok: ${text}`,
            (error: Error) => `FAILED: ${error.message}`,
          ),
        ]),
      );
      await kafka.close();
      print(table(["system", "state"], rows));
      if (rows.some(([, state]) => state!.startsWith("FAILED")))
        process.exitCode = 1;
    });
  return command;
}
