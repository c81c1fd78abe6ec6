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

/** How far the canaries of an hour have come. */
export type CanaryState = {
  hour: string;
  /** Seconds from production to each stage, by topic. */
  seconds: Record<string, Partial<Record<CanaryStage, number>>>;
  /** Topics whose canary did not become queryable in time. */
  lost: string[];
};
