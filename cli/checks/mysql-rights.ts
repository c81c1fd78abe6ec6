import type { EventMysql } from "../../clients/mysql";
import { selectGrant } from "../../domain/rights/other-grants";
import type { Outcome } from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { tableIn, tablePrefix } from "../../formats/eventlogging/mysql-table";
import {
  causesOf,
  missing,
  notTried,
  ok,
  outcomeOf,
  type Probe,
  sampled,
} from "./probe";

/** Tables that are tried, one statement each over one connection. Who has more of them is told how many. */
const TABLES = 500;
/** Names that are told, of as many. */
const NAMED = 3;

const DENIED = /^ER_(?:TABLE|DB|COLUMN|)ACCESS_DENIED(?:_ERROR)?$/;

const ABSENT = /^ER_NO_SUCH_TABLE$/;

/** Whether MySQL says something, by its names of errors. */
const says = (error: unknown, name: RegExp): boolean =>
  [...causesOf(error)].some((each) =>
    name.test(String((each as { code?: unknown }).code)),
  );
const isRefused = (error: unknown): boolean => says(error, DENIED);

const some = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ", …" : "");

/**
 * The right to read the tables of events: each is asked for no row.
 * @param topics audited topics, for the names of tables
 */
export function mysqlProbe(
  config: Config,
  mysql: Pick<EventMysql, "open" | "allTables" | "columns">,
  topics: () => Promise<readonly string[]>,
): Probe {
  const { database, user } = config.mysql!;
  const grant = selectGrant(database, user);

  /** A refusal of a table. Any other error is thrown. */
  const isDeniedOn = (table: string): Promise<boolean> =>
    mysql.columns(table).then(
      () => false,
      (error: unknown) => {
        if (isRefused(error)) return true;
        throw error;
      },
    );

  /** Whether a table that is not to be seen may be there all the same. MySQL says of one that is not there that it is not, to whoever may read the database. */
  const mayBeHidden = (prefix: string): Promise<boolean> =>
    mysql.columns(`${prefix}_0`).then(
      () => false,
      (error: unknown) => {
        if (says(error, ABSENT)) return false;
        if (isRefused(error)) return true;
        throw error;
      },
    );

  async function tryTables(): Promise<Outcome> {
    // Who is let into no database is told so whatever Kafka does.
    await mysql.open();
    const wanted = new Set(
      (await topics()).flatMap((topic) => {
        const schema = datasetOf(topic, config.naming)?.schema;
        return schema === undefined ? [] : [tablePrefix(schema)];
      }),
    );
    const inScope = (await mysql.allTables()).flatMap((name) => {
      const prefix = tableIn(name)?.prefix;
      return prefix !== undefined && wanted.has(prefix)
        ? [{ name, prefix }]
        : [];
    });
    const tried = sampled(inScope, TABLES);
    const lacking: string[] = [];
    let failure: Error | undefined;
    for (const { name } of tried)
      try {
        if (await isDeniedOn(name)) lacking.push(name);
      } catch (error) {
        // It hides no table that lacks the right.
        failure ??= new Error(`${name}: ${(error as Error).message}`);
      }
    const of =
      tried.length < inScope.length
        ? `${tried.length} tables that were tried, of ${inScope.length}`
        : `${tried.length} tables`;
    if (lacking.length > 0)
      return missing(`on ${lacking.length} of ${of}: ${some(lacking)}`, [
        grant,
      ]);
    if (failure) throw failure;
    const seen = new Set(inScope.map(({ prefix }) => prefix));
    const unseen = [...wanted].filter((prefix) => !seen.has(prefix));
    const [first] = unseen;
    if (first !== undefined && (await mayBeHidden(first)))
      return notTried(
        `${of} may be read; none is to be seen of ${unseen.length} of ${wanted.size} schemas (${some(unseen)}), and MySQL hides tables that ${user} has no right on`,
        `where there are such tables, ask for: ${grant}`,
      );
    return tried.length === 0
      ? notTried(
          `no table of ${wanted.size} schemas is to be seen in ${database}`,
          "see that mysql.database and naming.topicPattern are right, and run the check again",
        )
      : ok(of);
  }

  return {
    rights: ["mysqlSelect"],
    run: async () => ({
      mysqlSelect: await outcomeOf(tryTables, isRefused, () => [grant]),
    }),
  };
}
