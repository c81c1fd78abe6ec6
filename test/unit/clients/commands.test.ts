import { spawn } from "node:child_process";
import { once } from "node:events";
import { driverRuns, runCommand } from "../../../clients/commands";

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
  await expect(runCommand(["no-such-program"], stopped)).rejects.toThrow(
    "told to stop",
  );
});
