import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils";
import { Worker } from "@temporalio/worker";
import { version } from "../../package.json";
import * as workflows from "../../workflows/index";
import { quietWorkers } from "../support/quiet";
import { builtWorkflows } from "../support/temporal";

/** Histories of released versions: a workflow that was started by one of them must go on under this code. */
const stored = readdirSync(__dirname).filter((name) => name.endsWith(".json"));

beforeAll(quietWorkers);

/** Workflows that no released version has yet, with the version that will be their first. */
const NEW: Record<string, string> = {
  leases: "0.3.0",
  preflight: "0.3.0",
};

test("histories of every workflow of this version are stored", () => {
  const kebab = (name: string) =>
    name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  expect(stored).toEqual(
    expect.arrayContaining(
      Object.keys(workflows).map(
        (name) => `${kebab(name)}-${NEW[name] ?? version}.json`,
      ),
    ),
  );
});

test.each(stored)("%s replays", async (name) => {
  const history = historyFromJSON(
    JSON.parse(readFileSync(join(__dirname, name), "utf8")),
  );
  await expect(
    Worker.runReplayHistory(
      { workflowBundle: builtWorkflows() },
      history,
      // Its children are named after it.
      history.events?.[0]?.workflowExecutionStartedEventAttributes
        ?.workflowId ?? undefined,
    ),
  ).resolves.toBeUndefined();
});
