import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GUARDS } from "../guards/table";
import { Copy, occurrences, testOf } from "../guards/try-guard";

const ROOT = resolve(__dirname, "../..");

test("every guard of the table stands in its file, once, and its test exists", () => {
  const faults = GUARDS.flatMap((guard) => {
    const isThere = existsSync(join(ROOT, testOf(guard).path));
    return occurrences(guard) === 1 && isThere ? [] : [guard];
  });
  expect(faults).toEqual([]);
});

// All of them are `npm run guards`.
test("without a guard its test fails, and with one that guards nothing it is missed", () => {
  const lease = GUARDS.find(({ without }) => without.includes("two sagas"))!;
  const copy = new Copy();
  try {
    expect(copy.try(lease)).toBeUndefined();
    expect(copy.try({ ...lease, taken: lease.guard })).toBe(
      "domain/backfill/leases passes without it",
    );
  } finally {
    copy.remove();
  }
}, 120_000);
