import { createInterface } from "node:readline";
import { sceneOf } from "./scene";

/**
 * An attempt of a replay in a process of its own, which stops with a transaction open, as its batches are sent and nothing is committed:
 * it says `open` and goes on once it reads a line. In the end it says how the attempt has ended.
 *   attempt.ts <topic> <events> <commits before it stops>
 */
async function main(topic: string, events: number, commits: number) {
  const { attempt, storage, kafka } = await sceneOf(topic, events, {});
  const lines = createInterface({ input: process.stdin })[
    Symbol.asyncIterator
  ]();
  const has = storage.has.bind(storage);
  let asked = 0;
  // What is asked of storage between the last batch and the commit.
  storage.has = async (place) => {
    if (++asked > commits) {
      console.log("open");
      await lines.next();
      storage.has = has;
    }
    return has(place);
  };
  try {
    const { landed } = await attempt();
    console.log(`landed ${landed}`);
  } catch (error) {
    console.log(`failed ${(error as { type?: string }).type}`);
  }
  await kafka.close();
  process.exit();
}

const [topic, events, commits] = process.argv.slice(2);
void main(topic!, Number(events), Number(commits));
