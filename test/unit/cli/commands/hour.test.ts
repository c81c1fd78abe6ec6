import { Command } from "commander";
import { addCommands } from "../../../../cli/commands/hour";
import { readOnlyStorage } from "../../../../cli/storage";
import type { AuditReport } from "../../../../domain/audit/audit-report";
import { parseConfig } from "../../../../domain/settings/config";
import {
  auditReport,
  auditStorage,
  topicAudit,
} from "../../../support/audited";
import { settings } from "../../../support/settings";

jest.mock("../../../../cli/storage", () => ({ readOnlyStorage: jest.fn() }));

const EDIT = "eventlogging_Edit";
const AT = "--as-of 2018-07-05T09:30:00Z";

let printed: string[] = [];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, "log").mockImplementation((text) => printed.push(text));
  jest.spyOn(console, "error").mockImplementation(() => undefined);
  jest.mocked(readOnlyStorage).mockReset();
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command beside an audit. @returns its exit code */
async function run(line: string, report: AuditReport | undefined) {
  jest.mocked(readOnlyStorage).mockResolvedValue({
    config: parseConfig(settings()),
    storage: auditStorage(report) as never,
  });
  const command = new Command();
  addCommands(command);
  await command.parseAsync(line.split(" "), { from: "user" });
  const code = process.exitCode;
  process.exitCode = undefined;
  return code;
}

const report = auditReport([
  topicAudit(EDIT, { cells: { "2018-07-05T01": "rows-lost" } }),
]);

test.each([
  [`status ${EDIT} 2018-07-05T00 ${AT}`, 0],
  [`status event.edit 2018-07-05T01 ${AT}`, 3],
  [`status edit 2018-07-05T00 --as-of 2018-07-05T08:00:00Z`, 4],
  [`status edit 2018-07-05T05 ${AT}`, 5],
  [`status edit 2018-07-05T00 ${AT} --max-age 10m`, 6],
  [`status nobody 2018-07-05T00 ${AT}`, 7],
  [`wait edit 2018-07-05T00 ${AT}`, 0],
  [`wait edit 2018-07-05T01 ${AT}`, 3],
  [`wait edit 2018-07-05T01 ${AT} --until-mended --timeout 0s`, 124],
  [`wait edit 2018-07-05T05 ${AT} --timeout 0s`, 124],
  [`wait edit 2018-06-01T05 ${AT} --timeout 0s`, 5],
  [`wait nobody 2018-07-05T00 ${AT}`, 7],
])("%s ends with %d", async (line, code) => {
  expect(await run(line, report)).toBe(code);
});

test("without an audit nothing is covered", async () => {
  expect(await run(`status edit 2018-07-05T00 ${AT}`, undefined)).toBe(5);
});

test("a person is told the state, by which audit, and why", async () => {
  await run(`status edit 2018-07-05T01 ${AT}`, report);
  expect(printed.join("\n")).toContain(
    "edit 2018-07-05T01: broken, by audit/hourly as of 2018-07-05T09:00:00.000Z",
  );
  expect(printed.join("\n")).toContain(`${EDIT}: rows-lost`);
});

test("a script is told the same as JSON", async () => {
  await run(`status edit 2018-07-05T00 ${AT} --json`, report);
  expect(JSON.parse(printed.join("\n"))).toMatchObject({
    state: "usable",
    usable: true,
    topics: [{ topic: EDIT, verdict: "empty" }],
  });
  printed = [];
  await run(`wait edit 2018-07-05T05 ${AT} --timeout 0s --json`, report);
  expect(JSON.parse(printed.join("\n"))).toMatchObject({
    state: "uncovered",
    timedOut: true,
  });
});

test.each([
  ["status edit yesterday", /hour/],
  ["status edit/../x 2018-07-05T00", /name/],
  ["status edit 2018-07-05T00 --max-age long", /maxAge/],
  ["status edit 2018-07-05T00 --as-of noon", /asOf/],
  ["wait edit 2018-07-05T00 --timeout soon", /timeout/],
  ["wait edit 2018-07-05T00 --every 0s", /every/],
])("wrong input is told before anything is read: %s", async (line, told) => {
  await expect(run(line, report)).rejects.toThrow(told);
  expect(readOnlyStorage).not.toHaveBeenCalled();
});

test.each(["status", "wait"])("%s explains its exit codes", (name) => {
  const command = new Command();
  addCommands(command);
  let help = "";
  const sub = command.commands.find((one) => one.name() === name)!;
  sub.configureOutput({ writeOut: (text) => (help += text) });
  sub.outputHelp();
  expect(help).toContain("Exit codes:");
  expect(help).toContain(`Example: sisyphus hour ${name} `);
});
