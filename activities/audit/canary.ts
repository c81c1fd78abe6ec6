import { activityInfo, heartbeat } from "@temporalio/activity";
import type {
  Canary,
  CanaryStage,
  CanaryState,
} from "../../domain/audit/canary";
import type { Config } from "../../domain/settings/config";
import { isRefined } from "../../domain/settings/stages";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Hive } from "../../clients/hive/hive";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import type { Importer } from "../../importers/importer";
import type { Hour } from "../../lib/hour";
import { stagesReached } from "./follow-canaries";
import { produceCanariesOnce } from "./produce-canaries";

type CanaryClients = {
  kafka: Kafka;
  hdfs: Hdfs;
  hive: Hive;
  source: Importer;
  storage: Storage;
  config: Pick<Config, "canary" | "events" | "naming" | "refine">;
};

/** Canaries: one marked event a topic and hour, followed through every stage. */
export function createCanaryActivities(clients: CanaryClients) {
  const { config, storage } = clients;
  return {
    /** Produces the hour's canaries, each once: a second attempt reads back what the first one landed. */
    async produceCanaries(input: { hour: Hour }): Promise<Canary[]> {
      const isFirstAttempt = activityInfo().attempt === 1;
      return produceCanariesOnce(clients, input.hour, isFirstAttempt, () =>
        heartbeat(),
      );
    },
    /** How far each canary has come. */
    async followCanaries(input: {
      hour: Hour;
      canaries: Canary[];
    }): Promise<Record<string, CanaryStage>> {
      return stagesReached(clients, input.hour, input.canaries, heartbeat);
    },
    /** How long canaries may take, in hours, and the last stage that the pipeline has; workers before 0.3.0 do not say that it is `queryable`. */
    async canarySettings(): Promise<{
      deadlineHours: number;
      last?: CanaryStage;
    }> {
      const { deadlineHours } = config.canary;
      return { deadlineHours, last: isRefined(config) ? "queryable" : "raw" };
    },
    /** Keeps what a canary run measured, for metrics and reports. */
    async saveCanary(
      input: Pick<CanaryState, "hour" | "seconds">,
    ): Promise<void> {
      await storage.write(latest.canary, input);
    },
  };
}
