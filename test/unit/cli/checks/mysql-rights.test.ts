import { mysqlProbe } from "../../../../cli/checks/mysql-rights";
import { tryAll } from "../../../../cli/checks/probe";
import { parseConfig } from "../../../../domain/settings/config";
import { settings } from "../../../support/settings";

const config = parseConfig(
  settings({ mysql: { host: "db", user: "reader", database: "log" } }),
);
const GRANT = "GRANT SELECT ON `log`.* TO 'reader'@'%';";

/** MySQL's refusal by its name, as its client throws it. */
const told = (code: string) =>
  new Error(`MySQL at db:3306: ${code}`, {
    cause: Object.assign(new Error(""), { code }),
  });
const DENIED = told("ER_TABLEACCESS_DENIED_ERROR");
const ABSENT = told("ER_NO_SUCH_TABLE");

/** @param tables those that are listed, and what a select of each throws; `*` is for all that are not */
async function of(tables: Record<string, Error | undefined>, topics: string[]) {
  const asked: string[] = [];
  const { mysqlSelect } = await tryAll([
    mysqlProbe(
      config,
      {
        open: async () => ({ replica: undefined, passedOver: [] }),
        allTables: async () => Object.keys(tables).filter((t) => t !== "*"),
        columns: async (table) => {
          asked.push(table);
          const error = table in tables ? tables[table] : tables["*"];
          if (error) throw error;
          return [];
        },
      },
      async () => topics.map((topic) => `eventlogging_${topic}`),
    ),
  ]);
  return { outcome: mysqlSelect!, asked };
}

test("who is let into no database of MySQL's is told so, though Kafka tells of no topic", async () => {
  const outcomes = await tryAll([
    mysqlProbe(
      config,
      {
        open: () => Promise.reject(told("ER_DBACCESS_DENIED_ERROR")),
        allTables: async () => [],
        columns: async () => [],
      },
      () => Promise.reject(new Error("Kafka is gone")),
    ),
  ]);
  expect(outcomes.mysqlSelect).toMatchObject({
    state: "MISSING",
    grant: [GRANT],
  });
});

test("every table of audited schemas is tried, and no other", async () => {
  const { outcome, asked } = await of(
    { Edit_1: undefined, Edit_2: undefined, Other_1: DENIED, users: DENIED },
    ["Edit"],
  );
  expect(asked).toEqual(["Edit_1", "Edit_2"]);
  expect(outcome).toEqual({ state: "ok", why: "2 tables" });
});

test("a table behind the first that must not be read is named, some of many", async () => {
  const tables = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [`Edit_${n}`, n > 2 ? DENIED : undefined]),
  );
  expect((await of(tables, ["Edit"])).outcome).toEqual({
    state: "MISSING",
    why: "on 4 of 6 tables: Edit_3, Edit_4, Edit_5, …",
    grant: [GRANT],
  });
});

test("a table that fails otherwise hides none that lacks the right", async () => {
  const broken = told("ER_VIEW_INVALID");
  const { outcome } = await of({ Edit_1: broken, Edit_2: DENIED }, ["Edit"]);
  expect(outcome.why).toBe("on 1 of 2 tables: Edit_2");
  expect((await of({ Edit_1: broken }, ["Edit"])).outcome).toMatchObject({
    state: "not tried",
    why: expect.stringMatching(/^Edit_1: .*ER_VIEW_INVALID/),
  });
});

test("of thousands of tables a bounded number is tried, and both numbers are told", async () => {
  const tables = Object.fromEntries(
    Array.from({ length: 1200 }, (_, n) => [`Edit_${n}`, undefined]),
  );
  const { outcome, asked } = await of(tables, ["Edit"]);
  expect(asked).toHaveLength(500);
  expect(outcome.why).toBe("500 tables that were tried, of 1200");
});

test("a schema without a table to be seen is no fault where the database may be read, and is not called ok where it may be hidden", async () => {
  const topics = ["Edit", "Search"];
  expect(
    (await of({ Edit_1: undefined, "*": ABSENT }, topics)).outcome,
  ).toMatchObject({ state: "ok" });
  expect(
    (await of({ Edit_1: undefined, "*": DENIED }, topics)).outcome,
  ).toMatchObject({
    state: "not tried",
    why: expect.stringContaining("1 of 2 schemas (Search)"),
    todo: expect.stringContaining(GRANT),
  });
  expect((await of({ "*": ABSENT }, topics)).outcome).toMatchObject({
    state: "not tried",
    why: "no table of 2 schemas is to be seen in log",
  });
});
