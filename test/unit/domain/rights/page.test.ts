import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NEEDED_BY, RIGHTS } from "../../../../domain/rights/rights";
import { ROOT } from "../../../../lib/root";

const cellsOf = (line: string): string[] =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

const page = readFileSync(join(ROOT, "docs/permissions.md"), "utf8");
const services = new Set<string>(
  Object.values(RIGHTS).map(({ service }) => service),
);
const onPage = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map(cellsOf)
  .filter((cells) => services.has(cells[0]!) && cells.length === 8);
const inTable = Object.values(RIGHTS).map(
  ({ neededBy, service, resource, name, operation, purpose }) => [
    service,
    resource,
    name,
    operation,
    ...NEEDED_BY.map((who) =>
      (neededBy as readonly string[]).includes(who) ? "yes" : "no",
    ),
    purpose,
  ],
);

const sorted = (rows: string[][]) => rows.map((row) => row.join(" | ")).sort();

test("the page has a row for each right, and none for another", () => {
  expect(sorted(onPage)).toEqual(sorted(inTable));
});

test("the page's commands for a whole user grant each right on Kafka that is needed", () => {
  const commands = /```sh\nacls=[^`]*```/.exec(page)![0];
  const lacking = Object.values(RIGHTS)
    .filter(({ service, neededBy }) => service === "Kafka" && neededBy.length)
    .map(({ operation }) => operation)
    // Brokers of today need none.
    .filter((operation) => operation !== "IdempotentWrite")
    .filter((operation) => !commands.includes(operation));
  expect(lacking).toEqual([]);
});
