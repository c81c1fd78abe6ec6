import { historyToJSON } from "@temporalio/common/lib/proto-utils";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment } from "../sandbox/config";
import { ROOT } from "../sandbox/paths";
import { ports } from "../sandbox/ports";
import { connectClient } from "../workers/connection";

/** Stores the histories of a demo that was left up (`npm run demo -- --keep`), for the replay tests of later versions. */
const WANTED: Record<string, string> = {
  "hourly-audit": "audit/2018-07-05T05",
  "topic-incident": "incident/eventlogging_CentralAuth",
  backfill: "backfill/july-5",
};

async function main(version: string): Promise<void> {
  Object.assign(process.env, environment(ports()));
  const client = await connectClient();
  for (const [name, id] of Object.entries(WANTED)) {
    const history = await client.workflow.getHandle(id).fetchHistory();
    // Machine paths and identities are nobody's business.
    const text = JSON.stringify(historyToJSON(history)).replaceAll(ROOT, "/sisyphus").replaceAll(/"identity":"[^"]*"/g, '"identity":"worker"');
    writeFileSync(join(ROOT, "test", "histories", `${name}-${version}.json`), text);
  }
  await client.connection.close();
}

main(process.argv[2] ?? "0.1.0").catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
