import { z } from "zod";
import { namingRules } from "./dataset";
import { issuesText } from "./issues-text";
import { policy, policyException } from "./policy";
import { receiverFaults } from "./receiver-faults";
import { alerts } from "./sections/alerts";
import { archive, search } from "./sections/archive-and-search";
import { audit, canary } from "./sections/audit";
import { hdfs, hive, kafka, mysql, yarn } from "./sections/cluster";
import { cluster } from "./sections/hadoop";
import { events } from "./sections/events";
import { importer } from "./sections/importer";
import { owners } from "./sections/owners";
import { refine } from "./sections/refine";
import { repair } from "./sections/repair";
import { replay } from "./sections/replay";
import { plan, saga, verify } from "./sections/saga";
import { security } from "./sections/security";
import { stageFaults } from "./stages";
import { allowedPrefixes, storage, storageFault } from "./sections/storage";
import { metrics, webUi } from "./sections/web";

/**
 * `sisyphus.yaml`. The reference in docs/configuration.md is made from these schemas, in this order, by `npm run docs:config`: a
 * field's description there is what stands here.
 */
export const configSchema = z
  .strictObject({
    security,
    cluster,
    kafka,
    hdfs,
    yarn,
    hive,
    events,
    mysql,
    archive,
    search,
    importer,
    refine,
    naming: namingRules.prefault({}),
    policy: policy.prefault({}),
    policies: z
      .array(policyException)
      .default([])
      .describe(
        "Exceptions from `policy`. The first whose `topics` matches a topic replaces the fields of `policy` that it names; the others stay.",
      ),
    storage,
    allowedPrefixes,
    audit,
    canary,
    plan,
    saga,
    repair,
    replay,
    verify,
    alerts,
    owners,
    metrics,
    webUi,
  })
  .superRefine((config, context) => {
    const fault = storageFault(config);
    if (fault !== undefined)
      context.addIssue({
        code: "custom",
        path: ["storage", "path"],
        message: fault,
      });
    for (const { path, message } of [
      ...stageFaults(config),
      ...receiverFaults(config),
    ])
      context.addIssue({ code: "custom", path, message });
    if (config.events !== undefined && config.mysql !== undefined)
      context.addIssue({
        code: "custom",
        path: ["mysql"],
        message:
          "given together with `events`: its tables hold EventLogging's capsules, which have no such pointers. Leave out one of them; in a pipeline `mysql: null` does",
      });
    for (const job of ["importer", "refine"] as const) {
      const { hold, release } = config[job] ?? {};
      if ((hold === undefined) !== (release === undefined))
        context.addIssue({
          code: "custom",
          path: [job, hold === undefined ? "hold" : "release"],
          message: `missing: ${job}.hold and ${job}.release are given both or not at all, as what is held would stay so`,
        });
    }
  });
export type Config = z.infer<typeof configSchema>;

/** @param name of the file. @throws Error naming every wrong field and what is allowed there */
export function parseConfig(value: unknown, name = "sisyphus.yaml"): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) throw new Error(issuesText(name, parsed.error));
  return parsed.data;
}
