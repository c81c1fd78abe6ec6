import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VERDICTS } from "../../../domain/audit/verdicts";
import { gridHtml, legendHtml, pageHtml } from "../../../reports/html";
import { SAFE_HEADERS } from "../../../workers/http-headers";

const policy = SAFE_HEADERS["content-security-policy"];

const isAllowed = (style: string) =>
  policy.includes(
    `'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  );

test("a browser shows every style that a report has", () => {
  const hour = "2018-07-05T03";
  const grid = VERDICTS.map((verdict) => ({
    topic: verdict,
    cells: { [hour]: verdict, "2018-07-05T04": "complete" as const },
  }));
  const page = pageHtml("t", "h", [legendHtml(grid), gridHtml(grid)]);
  const sheets = [...page.matchAll(/<style>([^]*?)<\/style>/g)];
  const attributes = [...page.matchAll(/ style="([^"]*)"/g)];
  expect(sheets).toHaveLength(1);
  expect(attributes.length).toBeGreaterThan(VERDICTS.length);
  for (const [, style] of [...sheets, ...attributes])
    expect(isAllowed(style!)).toBe(true);
  expect(isAllowed("background:url(//elsewhere.example)")).toBe(false);
});

test("reports have no scripts, pictures or forms, which the policy would stop, and no styles besides", () => {
  const reports = join(__dirname, "../../../reports");
  for (const name of readdirSync(reports)) {
    const code = readFileSync(join(reports, name), "utf8");
    expect(code).not.toMatch(/<(?:script|img|svg|form|iframe|link)\b/);
    if (name !== "html.ts") expect(code).not.toMatch(/style=/);
  }
});
