import { MockActivityEnvironment } from "@temporalio/testing";
import { createHoldOthersActivities } from "../../../../activities/backfill/hold-others";
import { CONFIG } from "../../../chaos/memory/scenario";

function held(code: number) {
  const commands: string[] = [];
  const { hold, release } = createHoldOthersActivities({
    config: {
      ...CONFIG,
      importer: {
        ...CONFIG.importer,
        hold: ["stop", "camus"],
        release: ["start", "camus"],
      },
    },
    jobs: {
      runCommand: async (argv) => {
        commands.push(argv.join(" "));
        return { code, output: "no such timer" };
      },
    },
  });
  const env = new MockActivityEnvironment();
  return {
    commands,
    hold: (of: "importer" | "refine") => env.run(() => hold({ of })),
    release: (of: "importer" | "refine") => env.run(() => release({ of })),
  };
}

test("what has commands is held and released by them, and what has none is let be", async () => {
  const { commands, hold, release } = held(0);
  for (const job of ["importer", "refine"] as const) {
    await hold(job);
    await release(job);
  }
  expect(commands).toEqual(["stop camus", "start camus"]);
});

test("nothing counts as held whose command has failed", async () => {
  await expect(held(1).hold("importer")).rejects.toThrow(
    "importer.hold (stop camus) ended with 1: no such timer",
  );
});
