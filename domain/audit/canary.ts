/** Where a canary was put in Kafka. */
export type Canary = {
  topic: string;
  partition: number;
  /** A decimal string. */
  offset: string;
};

/** The stages that a canary passes, in their order. */
export const CANARY_STAGES = ["kafka", "raw", "refined", "queryable"] as const;
export type CanaryStage = (typeof CANARY_STAGES)[number];

/** The stages up to the last one that a pipeline has. */
export const canaryStages = (last: CanaryStage): readonly CanaryStage[] =>
  CANARY_STAGES.slice(0, CANARY_STAGES.indexOf(last) + 1);

/** How far the canaries of an hour have come. */
export type CanaryState = {
  hour: string;
  /** Seconds from production to each stage, by topic. */
  seconds: Record<string, Partial<Record<CanaryStage, number>>>;
  /** Topics whose canary did not come to the last stage in time. */
  lost: string[];
};
