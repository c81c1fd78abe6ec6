import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError } from "../../../formats/format-error";
import { runCampaign } from "../../fuzz/campaign";
import { type Outcome, tryInput } from "../../fuzz/one-input";
import type { Parser } from "../../fuzz/parser";

const kept: Buffer[] = [];
afterAll(() => void kept.splice(0));

/** What comes of an input that is no seed. */
const outcomeOf = (parse: Parser["parse"]): Promise<Outcome> =>
  tryInput({ name: "test", seeds: () => [Buffer.from("seed")], parse }, 1);
const throwing = (error: Error) =>
  outcomeOf(() => {
    throw error;
  });

test("what a parser reads or refuses is right", async () => {
  expect(await outcomeOf(() => ({ offset: 5 }))).toBe("read");
  expect(await throwing(new FormatError("cut off"))).toBe("refused");
});

test.each<[string, () => Promise<Outcome>, string]>([
  [
    "any other error",
    () => throwing(new TypeError("x of undefined")),
    "TypeError",
  ],
  [
    "an error with a value of an event",
    () => throwing(new FormatError('not "198.51.100.7"')),
    "quotes the input",
  ],
  [
    "an error of the input's length",
    () => throwing(new FormatError("x".repeat(5000))),
    "5000 characters",
  ],
  [
    "a number that is none",
    () => outcomeOf(() => [{ partition: Number("x") }]),
    "the number NaN",
  ],
  [
    "memory that the input is not worth",
    () => outcomeOf(() => void kept.push(Buffer.alloc(300 << 20))),
    "MB for",
  ],
  [
    "steps without an end",
    () =>
      outcomeOf((_, work) => {
        for (;;) work.spend();
      }),
    "more steps",
  ],
])("%s is a fault", async (_, outcome, fault) => {
  expect(await outcome()).toEqual({
    fault: expect.stringContaining(fault) as unknown,
  });
});

test("a file that is whole must be read", async () => {
  const refusing: Parser = {
    name: "test",
    seeds: () => [Buffer.from("seed")],
    parse: () => {
      throw new FormatError("not mine");
    },
  };
  expect(await tryInput(refusing, 0)).toEqual({
    fault: "it refuses a file that is whole",
  });
});

test("a parser that does not return is ended, and its input is named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
  const program = join(folder, "hangs.js");
  writeFileSync(
    program,
    `Atomics.store(require("node:worker_threads").workerData.current, 0, 7);
     for (;;);`,
  );
  const campaign = { parser: "test", from: 0, inputs: 10 };
  const { faults } = await runCampaign(campaign, 100, program);
  expect(faults).toEqual([
    { number: 7, fault: expect.stringContaining("does not end") as unknown },
  ]);
  rmSync(folder, { recursive: true });
});

test("a thread goes through a campaign's inputs", async () => {
  const campaign = { parser: "done-flag", from: 0, inputs: 50 };
  const { read, refused, faults } = await runCampaign(campaign, 60_000);
  expect(faults).toEqual([]);
  expect(read + refused).toBe(50);
  expect(Math.min(read, refused)).toBeGreaterThan(0);
});
