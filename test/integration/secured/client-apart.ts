import { join } from "node:path";
import { createInterface } from "node:readline";
import { attemptApart } from "../../support/attempt-apart";

type Told = { id: number; gave?: unknown; failure?: string };

/** The clients of a configuration in a process of their own; see client.ts. */
export function clientApart(config: string) {
  const { child, kill } = attemptApart(join(__dirname, "client.ts"), config);
  const waiting = new Map<number, (told: Told) => void>();
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const told = JSON.parse(line) as Told;
    waiting.get(told.id)?.(told);
    waiting.delete(told.id);
  });
  let calls = 0;
  return {
    kill,
    /** What a client's method gives. @throws Error with its failure's message */
    async call(
      client: "hdfs" | "hive" | "kafka" | "yarn",
      method: string,
      ...args: unknown[]
    ): Promise<unknown> {
      const id = ++calls;
      const told = await new Promise<Told>((done) => {
        waiting.set(id, done);
        child.stdin!.write(`${JSON.stringify({ id, client, method, args })}\n`);
      });
      if (told.failure !== undefined) throw new Error(told.failure);
      return told.gave;
    },
  };
}
