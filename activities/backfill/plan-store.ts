import type { Config } from "../../domain/settings/config";
import { estimateOf } from "../../domain/backfill/estimate";
import type { Plan, PlanSummary } from "../../domain/backfill/plan";
import { planNumbers } from "../../domain/backfill/plan-summary";
import { toMarkdown } from "../../reports/document";
import { planDocument } from "../../reports/plan-document";
import type { Storage } from "../../clients/storage";
import { latest, sagaPlaces } from "../../clients/storage-layout";
import type { Yarn } from "../../clients/yarn/yarn";
import { canonicalJson } from "../../lib/canonical-json";
import { sha256 } from "../../lib/digest";
import { runningRefines } from "./running-refines";
import { sagaId } from "./saga-id";

/**
 * Writes a plan and its document for people to the saga's folder in storage.
 *
 * @returns the summary that the workflow carries
 */
export async function storePlan(
  {
    config,
    storage,
    yarn,
  }: {
    config: Config;
    storage: Storage;
    yarn: Pick<Yarn, "running" | "link">;
  },
  plan: Plan,
): Promise<PlanSummary> {
  const id = sagaId();
  const places = sagaPlaces(id);
  // The importer's own runs go on while a plan waits to be approved: what they changed for it is in its findings.
  const { importerRun: _, ...approved } = plan;
  const digest = sha256(canonicalJson(approved));
  const ref = await storage.write(places.plan(digest), plan);
  const [running, rate] = await Promise.all([
    config.refine ? runningRefines(yarn, config.refine.outdatedJobs) : [],
    storage.read(latest.rates),
  ]);
  const estimate = estimateOf(plan, config.replay.eventsPerSecond, rate);
  const document = await storage.writeText(
    places.planDocument,
    toMarkdown(
      `Plan of ${id}`,
      planDocument(plan, { digest, running, estimate }),
    ),
  );
  return {
    ...planNumbers(plan),
    digest,
    ref,
    document,
    link: storage.link(document),
    running,
    estimate,
  };
}
