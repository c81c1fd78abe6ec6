import type { Kafka } from "../../clients/kafka/kafka";
import {
  aclGrant,
  aclList,
  kafkaPrincipal,
  topicScope,
} from "../../domain/rights/kafka-grants";
import {
  type Outcome,
  type Outcomes,
  RIGHTS,
  type RightId,
} from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { wholeMatch } from "../../domain/settings/regex-text";
import { shellWord } from "../../lib/shell";
import { connectGroup } from "../../formats/connect/answers";
import type { KafkaOperation, ToldRights } from "../../formats/kafka/rights";
import {
  asideOf,
  causesOf,
  missing,
  notTold,
  notTried,
  ok,
  type Probe,
} from "./probe";

type Client = Pick<
  Kafka,
  "topics" | "topicRights" | "groupRights" | "tryProducer"
>;

/** What the check calls its own: one name for all runs of it, as Kafka remembers a transactional id for some days. */
const OWN = "sisyphus-config-check";
const OWN_PREFIX = "sisyphus- --resource-pattern-type prefixed";

const TOO_OLD =
  "brokers before Kafka 2.3 do not tell what may be done, and trying it would change something";
const NOT_TOLD = "the broker does not tell";

/** Rights on topics: of which ones, and as which operation brokers tell them. */
const ON_TOPICS: [RightId, KafkaOperation, "audited" | "canaries"][] = [
  ["topicDescribe", "Describe", "audited"],
  ["topicDescribeConfigs", "DescribeConfigs", "audited"],
  ["topicRead", "Read", "audited"],
  ["topicWrite", "Write", "audited"],
  ["canaryWrite", "Write", "canaries"],
  ["topicAlterConfigs", "AlterConfigs", "audited"],
];

/** kafkajs' name of a refusal, wherever it keeps it. */
const isDenied = (error: unknown): boolean =>
  [...causesOf(error)].some((each) => {
    const { type } = each as { type?: unknown };
    return typeof type === "string" && type.endsWith("AUTHORIZATION_FAILED");
  });

/** Another one asks with the check's own id at this moment: it was let in. */
const isBusy = (error: unknown): boolean =>
  [...causesOf(error)].some(
    (each) => (each as { type?: unknown }).type === "CONCURRENT_TRANSACTIONS",
  );

/**
 * Rights on Kafka. Brokers are asked what may be done, for which nothing is done: of topics, some hundred in a request. A transactional id can
 * only be tried: one of the check's own, with which nothing is produced.
 * @param known topics that audits know of, which brokers may hide
 */
export function kafkaProbes(
  config: Config,
  kafka: Client,
  known: () => Promise<readonly string[]>,
): Probe[] {
  const { brokers } = config.kafka;
  const { connect } = config.importer;
  const principal = kafkaPrincipal(config.security);
  const grantOf = (id: RightId, scope: string) => [
    aclGrant(brokers, principal, RIGHTS[id].operation, scope),
  ];
  const listed = `ask an administrator whether the ACLs of docs/permissions.md are there: ${aclList(brokers, principal)}`;
  const isCanary = (topic: string) =>
    wholeMatch(config.canary.topics).test(topic);
  const hasCanaries = config.canary.topics !== "^$";

  async function tryTopics(): Promise<Outcomes> {
    const seen = await kafka.topics();
    const covered = [...new Set([...seen, ...(await asideOf(known))])].filter(
      (topic) => datasetOf(topic, config.naming),
    );
    const told = await kafka.topicRights(covered);
    const outcomes: Outcomes = {
      clusterDescribe: clusterOutcome(told?.cluster),
    };
    for (const [id, operation, of] of ON_TOPICS) {
      if (of === "canaries" && !hasCanaries) continue;
      const wanted =
        of === "canaries" ? covered.filter((t) => isCanary(t)) : covered;
      outcomes[id] = topicsOutcome(id, operation, wanted, told);
    }
    if (covered.length === 0)
      outcomes.topicDescribe = missing(
        `none of the ${seen.length} topics that are to be seen matches naming.topicPattern`,
        grantOf("topicDescribe", scopeOf([], [])),
      );
    return outcomes;
  }

  const scopeOf = (lacking: string[], all: string[]): string =>
    topicScope(lacking, all, config.naming.topicPattern) ||
    "--topic <the topics of naming.topicPattern>";

  function topicsOutcome(
    id: RightId,
    operation: KafkaOperation,
    wanted: string[],
    told: ToldRights | undefined,
  ): Outcome {
    if (!told)
      return operation === "Describe"
        ? ok("topics are listed")
        : notTold(TOO_OLD, listed);
    // One that is not there any more needs no right.
    const there = wanted.filter((topic) => told.topics.has(topic));
    if (there.length === 0)
      return notTried(
        "no such topic is to be seen",
        "see that naming.topicPattern is right and that topics may be described, and run the check again",
      );
    const operations = (topic: string) => told.topics.get(topic)!.operations;
    const lacking = there.filter(
      (topic) => operations(topic)?.has(operation) === false,
    );
    // One of which nothing is told hides none that lacks the right.
    if (lacking.length === 0)
      return there.some((topic) => operations(topic) === undefined)
        ? notTold(NOT_TOLD, listed)
        : ok(`${there.length} topics`);
    const some = lacking.slice(0, 3).join(", ");
    return missing(
      `on ${lacking.length} of ${there.length} topics: ${some}${lacking.length > 3 ? ", …" : ""}`,
      grantOf(id, scopeOf(lacking, there)),
    );
  }

  function clusterOutcome(operations: ToldRights["cluster"]): Outcome {
    if (!operations) return notTold(NOT_TOLD, listed);
    return operations.has("Describe")
      ? ok()
      : missing(
          RIGHTS.clusterDescribe.purpose,
          grantOf("clusterDescribe", "--cluster"),
        );
  }

  async function tryGroup(): Promise<Outcomes> {
    const denied = (id: RightId, why: string) =>
      missing(why, grantOf(id, `--group ${OWN_PREFIX}`));
    try {
      const told = await kafka.groupRights(OWN);
      if (!told)
        return {
          groupRead: notTold(TOO_OLD, listed),
          groupDelete: notTold(TOO_OLD, listed),
        };
      const of = (id: RightId, operation: KafkaOperation) =>
        told.has(operation) ? ok(OWN) : denied(id, `on the group ${OWN}`);
      return {
        groupRead: of("groupRead", "Read"),
        groupDelete: of("groupDelete", "Delete"),
      };
    } catch (error) {
      if (!isDenied(error)) throw error;
      const why = `the group ${OWN} must not be known of`;
      return {
        groupRead: denied("groupRead", why),
        groupDelete: denied("groupDelete", why),
      };
    }
  }

  /** Of the group in which Kafka Connect's sink commits, whatever its own configuration calls it: that is for Connect to tell. */
  async function tryConnectGroup(connector: string): Promise<Outcomes> {
    const group = connectGroup(connector);
    const denied = () =>
      missing(
        `on the group ${group}`,
        grantOf("connectGroupDescribe", `--group ${shellWord(group)}`),
      );
    try {
      const told = await kafka.groupRights(group);
      if (!told) return { connectGroupDescribe: notTold(TOO_OLD, listed) };
      return {
        connectGroupDescribe: told.has("Describe") ? ok(group) : denied(),
      };
    } catch (error) {
      if (!isDenied(error)) throw error;
      return { connectGroupDescribe: denied() };
    }
  }

  const tryProducer =
    (id: RightId, scope: string, transactionalId?: string) =>
    async (): Promise<Outcomes> => {
      try {
        await kafka.tryProducer(transactionalId);
        return { [id]: ok(transactionalId) };
      } catch (error) {
        if (isBusy(error)) return { [id]: ok(transactionalId) };
        if (!isDenied(error)) throw error;
        return { [id]: missing((error as Error).message, grantOf(id, scope)) };
      }
    };

  return [
    {
      rights: [
        ...ON_TOPICS.flatMap(([id, , of]) =>
          of === "canaries" && !hasCanaries ? [] : [id],
        ),
        "clusterDescribe",
      ],
      run: tryTopics,
    },
    { rights: ["groupRead", "groupDelete"], run: tryGroup },
    ...(connect
      ? [
          {
            rights: ["connectGroupDescribe"] as const,
            run: () => tryConnectGroup(connect.connector),
          },
        ]
      : []),
    {
      rights: ["transactionalIdWrite"],
      run: tryProducer(
        "transactionalIdWrite",
        `--transactional-id ${OWN_PREFIX}`,
        OWN,
      ),
    },
    ...(hasCanaries
      ? [
          {
            rights: ["idempotentWrite"] as const,
            run: tryProducer("idempotentWrite", "--cluster"),
          },
        ]
      : []),
  ];
}
