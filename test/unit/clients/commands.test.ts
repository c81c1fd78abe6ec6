import { spawn } from "node:child_process";
import { once } from "node:events";
import { driverRuns, runCommand } from "../../../clients/commands";
import { parseConfig } from "../../../domain/settings/config";
import { secretVariables } from "../../../domain/settings/secret-variables";
import { settings } from "../../support/settings";

test("a process is found by texts that its command line has all of", async () => {
  const mark = `driver-${process.pid}-${Date.now()}`;
  const child = spawn(
    process.execPath,
    ["-e", "console.log(1); setInterval(() => 0, 1e6)", mark, "of-a-class"],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  try {
    await once(child.stdout, "data");
    expect(driverRuns(mark)).toBe(true);
    expect(driverRuns(mark, "of-a-class")).toBe(true);
    expect(driverRuns(mark, "of-another")).toBe(false);
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  expect(driverRuns(mark)).toBe(false);
});

test("a command is not begun for one who has been told to stop", async () => {
  const stopped = AbortSignal.abort(new Error("told to stop"));
  await expect(
    runCommand(["no-such-program"], stopped, () => false),
  ).rejects.toThrow("told to stop");
});

test("a command gets this process' environment, but not its secrets", async () => {
  const variables = {
    SISYPHUS_MYSQL_PASSWORD: "of MySQL",
    KAFKA_SECRET: "of Kafka",
    GATEWAY_KEY: "of a gateway",
    TEMPORAL_GRPC_META_AUTHORIZATION: "of Temporal",
    HARMLESS: "seen",
  };
  const config = parseConfig(
    settings({
      alerts: {
        webhook: {
          url: "https://gateway/hook",
          // A header may have any name.
          secretHeaders: { variable: { variable: "GATEWAY_KEY" } },
        },
      },
      security: {
        kafka: {
          tls: {},
          sasl: {
            mechanism: "plain",
            user: "sisyphus",
            password: { variable: "KAFKA_SECRET" },
          },
        },
      },
    }),
  );
  Object.assign(process.env, variables);
  try {
    const { output } = await runCommand(
      [process.execPath, "-p", "JSON.stringify(process.env)"],
      new AbortController().signal,
      secretVariables(config),
    );
    const seen = JSON.parse(output) as NodeJS.ProcessEnv;
    expect(Object.keys(variables).filter((name) => name in seen)).toEqual([
      "HARMLESS",
    ]);
    expect(seen["PATH"]).toBe(process.env["PATH"]);
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
});
