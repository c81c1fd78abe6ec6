import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** A run of one parser over inputs with consecutive numbers. */
export type Campaign = { parser: string; from: number; inputs: number };

export type Fault = {
  /** The input's: with it the input is made again. */
  number: number;
  fault: string;
};
export type Report = {
  /** Inputs that were read, and that were refused as they should. */
  read: number;
  refused: number;
  /** The first ten. */
  faults: Fault[];
};

/** A thread that has more in its heap than this is ended; what lies outside of it is measured after each input. */
const HEAP_MB = 512;

/**
 * Runs a campaign in a thread of its own. An input with which the thread is busy for too long hangs: the thread is ended, and the fault names it.
 * @param patienceMs how long one input may take: much longer than any needs, as the machine may be busy
 * @param program what the thread runs
 */
export function runCampaign(
  campaign: Campaign,
  patienceMs: number,
  program = join(__dirname, "worker.ts"),
): Promise<Report> {
  const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(program, {
    workerData: { ...campaign, current },
    execArgv: ["-r", "tsx/cjs"],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return new Promise((done) => {
    const failed = (fault: string) =>
      done({
        read: 0,
        refused: 0,
        faults: [{ number: Atomics.load(current, 0), fault }],
      });
    let seen = -1;
    const watchdog = setInterval(() => {
      const now = Atomics.load(current, 0);
      // Before its first input the thread loads the parsers.
      if (now >= 0 && now === seen) {
        failed(`it does not end within ${patienceMs} ms`);
        void worker.terminate();
      }
      seen = now;
    }, patienceMs);
    worker.on("message", done);
    worker.on("error", (error: Error) => failed(error.stack ?? error.message));
    worker.on("exit", () => {
      clearInterval(watchdog);
      failed("its thread ended");
    });
  });
}
