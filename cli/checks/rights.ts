import type { clientsOf } from "../../clients/cluster";
import type { Kafka } from "../../clients/kafka/kafka";
import { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import type { AuditReport } from "../../domain/audit/audit-report";
import {
  type CheckedRight,
  checkedRights,
  isLacking,
  isUntried,
  type NeededBy,
  RIGHTS,
} from "../../domain/rights/rights";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { withClient } from "../client";
import { hdfsProbes } from "./hdfs-rights";
import { kafkaProbes } from "./kafka-rights";
import { mysqlProbe } from "./mysql-rights";
import { metastoreProbe, temporalProbe, yarnProbe } from "./other-rights";
import { type Probe, tryAll } from "./probe";
import type { Row } from "./systems";

/** Who is to work by a configuration, if nobody else is named. */
export const demandOf = (config: Config): NeededBy[] =>
  config.canary.topics === "^$"
    ? ["audits", "sagas"]
    : ["audits", "sagas", "canaries"];

/** Whether a demand needs one of a probe's rights, or nobody does. */
export const isAskedFor = ({ rights }: Probe, demand: readonly NeededBy[]) =>
  rights.some((id) => {
    const neededBy: readonly NeededBy[] = RIGHTS[id].neededBy;
    return (
      neededBy.length === 0 || neededBy.some((who) => demand.includes(who))
    );
  });

/** Topics that audits have seen: one that brokers hide since then is not listed any more. */
async function topicsOfAudits(
  storage: Pick<Storage, "read" | "readRef">,
): Promise<string[]> {
  const known = await storage.read(latest.knownTopics);
  const pointer = await storage.read(latest.audit);
  const report = pointer && (await storage.readRef<AuditReport>(pointer.ref));
  return [
    ...(known ?? []),
    ...(report?.audits ?? []).map(({ topic }) => topic),
  ];
}

/** Tries the rights that a demand needs. `stop` ends it early: it waits until nothing is left behind. */
export function rightsTried(
  config: Config,
  clients: ReturnType<typeof clientsOf>,
  kafka: Kafka,
  demand: readonly NeededBy[],
): { rights: Promise<CheckedRight[]>; stop: () => Promise<void> } {
  let asked: Promise<string[]> | undefined;
  const topics = () =>
    (asked ??= kafka
      .topics()
      .then((all) => all.filter((topic) => datasetOf(topic, config.naming))));
  const storage = new Storage(clients.hdfs(), config.storage.path);
  const mysql = clients.mysql?.();
  // Where more is allowed, the check still changes nothing elsewhere.
  const onHdfs = hdfsProbes(
    config,
    clients.hdfs([config.storage.path]),
    topics,
  );
  const probes = [
    ...kafkaProbes(config, kafka, () => topicsOfAudits(storage)),
    ...onHdfs.probes,
    ...(config.refine
      ? [
          yarnProbe(config, config.refine, clients.yarn()),
          metastoreProbe(config, clients.hive()),
        ]
      : []),
    ...(mysql ? [mysqlProbe(config, mysql, topics)] : []),
    temporalProbe((use) =>
      withClient((client) => {
        const { namespace } = client.options;
        const { operatorService, workflowService } = client.connection;
        return use({
          namespace,
          describeNamespace: () =>
            workflowService.describeNamespace({ namespace }),
          searchAttributes: async () =>
            (await operatorService.listSearchAttributes({ namespace }))
              .customAttributes,
        });
      }),
    ),
  ].filter((probe) => isAskedFor(probe, demand));

  const rights = tryAll(probes)
    .then((outcomes) => checkedRights(outcomes, demand))
    .finally(async () => {
      // A probe that was late may have its file there still.
      await onHdfs.stop();
      await mysql?.close().catch(() => undefined);
    });
  return { rights, stop: onHdfs.stop };
}

const HEADER = ["service", "right", "state", "needed by", ""];

/** The rights that matter to the demand, as a table's header and rows. */
export const rightsTable = (
  rights: readonly CheckedRight[],
): [header: string[], rows: string[][]] => [
  HEADER,
  rights.map((each) => [
    each.service,
    each.right,
    each.state,
    each.neededBy.join(", ") || "nobody",
    [each.why, "todo" in each ? each.todo : undefined]
      .filter(Boolean)
      .join("; "),
  ]),
];

/** What `config check` ends with. 3 is what other commands end with that have found something to look at. */
const EXIT = { ok: 0, wrong: 1, untried: 3 };

/** @param rows of systems and workers */
export function exitCodeOf(
  rows: readonly Row[],
  rights: readonly CheckedRight[],
): number {
  if (rows.some(({ isFailed }) => isFailed) || isLacking(rights))
    return EXIT.wrong;
  return isUntried(rights) ? EXIT.untried : EXIT.ok;
}

/** What is lacking, and what to ask for, for people; empty where nothing is. */
export function grantsText(rights: readonly CheckedRight[]): string {
  const lines = rights.flatMap((each) =>
    each.state === "MISSING"
      ? [
          `${each.service}, ${each.right}${each.isNeeded ? "" : " (not needed)"}:`,
          ...each.grant.map((line) => `  ${line}`),
        ]
      : [],
  );
  return lines.length === 0 ? "" : ["What to ask for:", ...lines].join("\n");
}
