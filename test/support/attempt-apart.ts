import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** An attempt in a process of its own, which is told of by what it says, a line each. */
export type AttemptApart = {
  child: ChildProcess;
  /** Waits for a line that begins so. @returns the line @throws Error where the process ends without it */
  hasSaid: (what: string) => Promise<string>;
  /** Ends it at once (SIGKILL) and waits until it is gone. */
  kill: () => Promise<void>;
};

/** Begins an attempt. @param script a file of TypeScript */
export function attemptApart(script: string, ...args: string[]): AttemptApart {
  const child = spawn(
    process.execPath,
    ["-r", "tsx/cjs", script, ...args],
    // Its input stays open as long as this process lives, so that it does not outlive that.
    {
      stdio: ["pipe", "pipe", "inherit"],
      // What a test has set is in its own copy alone.
      env: { ...process.env },
    },
  );
  const said: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => waiting.forEach((each) => each());
  createInterface({ input: child.stdout }).on("line", (line) => {
    said.push(line);
    look();
  });
  let isGone = false;
  const gone = new Promise<void>((done) =>
    child.once("close", () => {
      isGone = true;
      done();
      look();
    }),
  );
  return {
    child,
    hasSaid: (what) =>
      new Promise((done, fail) => {
        const tryAgain = () => {
          const line = said.find((each) => each.startsWith(what));
          if (line === undefined && !isGone) return;
          waiting.delete(tryAgain);
          if (line !== undefined) done(line);
          else
            fail(
              new Error(`the attempt has ended without a word of "${what}"`),
            );
        };
        waiting.add(tryAgain);
        tryAgain();
      }),
    kill: () => {
      child.kill("SIGKILL");
      return gone;
    },
  };
}
