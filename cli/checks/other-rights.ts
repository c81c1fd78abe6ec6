import type { Hive } from "../../clients/hive/hive";
import type { Yarn } from "../../clients/yarn/yarn";
import {
  metastoreGrant,
  queueGrants,
  queueQuestion,
  queueOf,
  searchAttributesGrant,
} from "../../domain/rights/other-grants";
import type { Outcomes } from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { SEARCH_ATTRIBUTES } from "../../temporal-config/search-attributes";
import { missing, notTold, notTried, ok, outcomeOf, type Probe } from "./probe";

/** Whether a refusal says that somebody may not do something, in Hive's and Ranger's words. */
const isRefusedByHive = (error: unknown): boolean =>
  /not authoriz|unauthoriz|AuthorizationException|AccessControlException|permission denied|does not have \[?\w+\]? privilege/i.test(
    (error as Error).message,
  );

/** Submitting and killing can only be tried by doing so; of a queue YARN may tell. */
export function yarnProbe(
  config: Config,
  refine: NonNullable<Config["refine"]>,
  yarn: Pick<Yarn, "maySubmit">,
): Probe {
  const { user } = config.hdfs;
  return {
    rights: ["queueSubmit", "applicationKill"],
    run: async () => {
      const queue = queueOf(refine.submit);
      const applicationKill = notTold(
        "nothing is killed to try it",
        "whoever submits an application may kill it, where YARN knows who asks: see that audits and sagas ask YARN as who runs Refine",
      );
      const ask = queueQuestion(queue, user);
      try {
        const may = await yarn.maySubmit(queue, user);
        return {
          applicationKill,
          queueSubmit:
            may === undefined
              ? notTold(`YARN does not tell of the queue ${queue}`, ask)
              : may
                ? ok(`${user}, to the queue ${queue}`)
                : missing(
                    `${user} may not submit to the queue ${queue}`,
                    queueGrants(queue, user),
                  ),
        };
      } catch (error) {
        return {
          applicationKill,
          queueSubmit: /Forbidden/.test((error as Error).message)
            ? notTold(
                `YARN tells of the queue ${queue} to those alone who administer it`,
                ask,
              )
            : notTried((error as Error).message),
        };
      }
    },
  };
}

export function metastoreProbe(
  { naming }: Config,
  hive: Pick<Hive, "tables" | "partitionHours">,
): Probe {
  const { database } = naming;
  return {
    rights: ["tablesRead"],
    run: async () => ({
      tablesRead: await outcomeOf(
        async () => {
          const tables = await hive.tables(database);
          const [table] = tables;
          if (table === undefined)
            return notTried(
              `${database} has no table that is to be seen`,
              "see that naming.database is right and that its tables may be seen, and run the check again",
            );
          await hive.partitionHours(database, table);
          return ok(`${tables.length} tables, partitions of ${table}`);
        },
        isRefusedByHive,
        () => [metastoreGrant(database)],
      ),
    }),
  };
}

/** What is asked of Temporal. */
export type TemporalRights = {
  namespace: string;
  describeNamespace: () => Promise<unknown>;
  /** Those of the namespace, with Temporal's numbers of their types. */
  searchAttributes: () => Promise<Record<string, number>>;
};

/** gRPC's codes. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const codeOf = (error: unknown) => (error as { code?: unknown }).code;

/** Temporal's numbers of types (IndexedValueType), of those that are used. */
const TYPE_NUMBERS: Record<
  (typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES],
  number
> = { Keyword: 2, Int: 3, Datetime: 6, KeywordList: 7 };

/** @param withTemporal connects, and closes the connection in the end */
export function temporalProbe(
  withTemporal: <T>(
    use: (temporal: TemporalRights) => Promise<T>,
  ) => Promise<T>,
): Probe {
  return {
    rights: ["namespace", "searchAttributes"],
    run: () =>
      withTemporal(async (temporal) => {
        const { namespace } = temporal;
        const outcomes: Outcomes = {};
        outcomes.namespace = await outcomeOf(
          async () => {
            await temporal.describeNamespace();
            return ok(namespace);
          },
          (error) =>
            [NOT_FOUND, PERMISSION_DENIED].includes(Number(codeOf(error))),
          (why) => [
            /not found/i.test(why)
              ? `temporal operator namespace create --namespace ${namespace}`
              : `Temporal: the role of a writer in the namespace ${namespace}`,
          ],
        );
        if (outcomes.namespace.state === "MISSING") return outcomes;
        const there = await temporal.searchAttributes();
        const all = Object.entries(SEARCH_ATTRIBUTES);
        const lacking = all.filter(([name]) => there[name] === undefined);
        const wrong = all.filter(
          ([name, type]) =>
            there[name] !== undefined && there[name] !== TYPE_NUMBERS[type],
        );
        const why = [
          ...lacking.map(([name]) => `${name} is not there`),
          ...wrong.map(([name, type]) => `${name} is no ${type}`),
        ].join(", ");
        const removed = wrong.map(
          ([name]) =>
            `temporal operator search-attribute remove --namespace ${namespace} --name ${name}`,
        );
        outcomes.searchAttributes =
          why === ""
            ? ok(`all ${all.length}`)
            : missing(why, [
                ...removed,
                searchAttributesGrant(namespace, [...lacking, ...wrong]),
              ]);
        return outcomes;
      }),
  };
}
