import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dir = mkdtempSync(join(tmpdir(), "sisyphus-workers-"));
// Before any module of the sandbox is loaded: its folder is read once.
process.env["SISYPHUS_SANDBOX_DIR"] = dir;

test("every worker of the sandbox is ended, a frozen one too, and no other process", async () => {
  const { launch, runningPid, signal } =
    await import("../../../../sandbox/platform/processes");
  const { endWorkers } = await import("../../../../sandbox/platform/worker");
  for (const name of ["worker", "worker-second", "worker-1003", "kafka"])
    launch(name, "sleep", ["60"]);
  signal(runningPid("worker-second")!, "SIGSTOP");
  try {
    expect(await endWorkers()).toEqual([
      "worker",
      "worker-1003",
      "worker-second",
    ]);
    for (const name of ["worker", "worker-second", "worker-1003"])
      expect(runningPid(name)).toBeUndefined();
    expect(runningPid("kafka")).toBeDefined();
    expect(await endWorkers()).toEqual([]);
  } finally {
    signal(runningPid("kafka")!, "SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
});
