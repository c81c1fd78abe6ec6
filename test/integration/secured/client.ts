import { createInterface } from "node:readline";
import { clientsOf } from "../../../clients/cluster";
import { loadConfig } from "../../../workers/config";

/**
 * The clients of a configuration in a process of their own, as who one is to Kerberos is said by a process' environment:
 *   client.ts <configuration>
 * Each line of its input is a call, as JSON: an id, a client, its method, arguments. Each line of its output is what one gave, or its failure.
 */
const clients = clientsOf(loadConfig(process.argv[2]!));
const made: Record<string, object> = {
  hdfs: clients.hdfs(["/wmf"]),
  hive: clients.hive(),
  kafka: clients.kafka(),
  yarn: clients.yarn(),
};

type Call = { id: number; client: string; method: string; args: unknown[] };

async function answer({ id, client, method, args }: Call): Promise<void> {
  const methods = made[client] as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  const told = await methods[method]!(...args).then(
    (gave) => ({ id, gave: gave instanceof Set ? [...gave] : gave }),
    (error: Error) => ({ id, failure: error.message }),
  );
  console.log(JSON.stringify(told));
}

createInterface({ input: process.stdin })
  .on("line", (line) => void answer(JSON.parse(line) as Call))
  .on("close", () => process.exit());
