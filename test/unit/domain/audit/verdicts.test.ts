import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isHealthy,
  isImportFault,
  isRepairable,
  VERDICT,
  VERDICTS,
} from "../../../../domain/audit/verdicts";

test("no two verdicts share a sign, and a sign is one character wide", () => {
  const signs = VERDICTS.map((verdict) => VERDICT[verdict].sign);
  expect(new Set(signs).size).toBe(VERDICTS.length);
  for (const sign of signs) expect(sign).toHaveLength(1);
});

test("whoever looks a sign up in the runbook finds it", () => {
  const runbook = readFileSync(
    join(__dirname, "../../../../docs/runbook.md"),
    "utf8",
  );
  for (const verdict of VERDICTS)
    expect(runbook).toContain(`\`${VERDICT[verdict].sign}\``);
});

test("what is broken has a level and a repair, and is not coloured as if it were well", () => {
  for (const verdict of VERDICTS.filter((v) => !isHealthy(v))) {
    expect(VERDICT[verdict].level).toBeDefined();
    expect(isRepairable(verdict)).toBe(true);
    expect(["caution", "outdated", "broken"]).toContain(
      VERDICT[verdict].colour,
    );
  }
});

test("a healthy hour is neither an import fault nor repaired, and keeps its done flag", () => {
  for (const verdict of VERDICTS.filter(isHealthy)) {
    expect(isImportFault(verdict)).toBe(false);
    expect(isRepairable(verdict)).toBe(false);
    expect(VERDICT[verdict].clearDoneFlag).toBeUndefined();
  }
});

test("a done flag is cleared exactly where it matches the raw hour and Refine would pass the hour by", () => {
  expect(VERDICTS.filter((verdict) => VERDICT[verdict].clearDoneFlag)).toEqual([
    "refine-outdated",
    "rows-lost",
    "rows-duplicated",
    "partition-missing",
  ]);
});
