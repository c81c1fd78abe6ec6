import { patched } from "@temporalio/workflow";

/** A change to the commands of a workflow, behind Temporal's `patched()`. */
type Patch = {
  /** The first version whose workflows have it. */
  madeBy: string;
  /**
   * The first version that may drop the branch of before: it does not take over workflows that were started before `madeBy`, and their
   * stored histories go with the branch.
   */
  droppableBy: string;
  /** What workflows do since then, and what they did before. */
  changes: string;
};

/** Every change to the commands of a workflow that older histories do not have. An id stands in histories: it never changes. */
export const PATCHES = {
  "fan-out": {
    madeBy: "0.2.0",
    droppableBy: "0.4.0",
    changes:
      "backfill: steps of many topics run in shards, as child workflows; before, in one activity",
  },
  "collected-search": {
    madeBy: "0.2.0",
    droppableBy: "0.4.0",
    changes:
      "backfill: the search collects each source on its own and joins them; before, one activity did both",
  },
  "fresh-plan": {
    madeBy: "0.2.0",
    droppableBy: "0.4.0",
    changes:
      "backfill: an approved plan is made again, and goes back for approval where its inputs have changed; before, it was taken as it was",
  },
  "undo-hold-early": {
    madeBy: "0.2.0",
    droppableBy: "0.4.0",
    changes:
      "backfill: the undo of the retention hold is registered before the first topic is held; before, after the last",
  },
  "interrupt-step": {
    madeBy: "0.2.0",
    droppableBy: "0.4.0",
    changes:
      "backfill: a pause, and a skipped topic, end the step that runs, and it is begun again; before, they waited for its end",
  },
  "saga-identity": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: what a saga keeps and marks is named by its run; before, by its workflow id, which is used again",
  },
  leases: {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: a saga takes leases on what it changes, and makes its plan anew under them; before, two could change the same topic",
  },
  "skipped-put-back": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: what was done to a topic that is skipped is undone before the next step; before, its flags stayed away",
  },
  "repair-over": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "topicIncident: it is open again where its repair has ended and hours are broken still; before, it stayed in repair",
  },
  "headroom-without-settings": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "headroomAudit: it asks for no settings; before, for the look-back, which incidents go by no more",
  },
  "headroom-sufficient": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "topicIncident: the end of low headroom is alerted while hours are still broken; before, that alert lapsed after a week",
  },
  "late-alert": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "alertDesk: an alert that came in just as its receiver's queue ended is delivered at once; before, with the next alert",
  },
  "held-first": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: what Kafka and raw hours hold is collected before archives are searched, which give only what nobody holds; before, at the same time",
  },
  "outages-waited-out": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: a step whose service is down goes on once that is up; before, it failed after a while and waited for an operator",
  },
  "outage-of-audit": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "hourlyAudit: where it ends as a service is down, that is an outage's alert, and chosen topics end no outage; before, only the workflow failed, and they did",
  },
  "undeliverable-alerts": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "alertDesk: an alert that a receiver refuses for good ends as undeliverable; before, it was tried for ever",
  },
  "alert-routing": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "alertDesk: an alert goes to those who are to hear of it, and its end to those who did; before, to every receiver",
  },
  "incident-wakes": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "topicIncident: what comes while an alert is told is looked at at once; before, with whatever came next, or after ten minutes",
  },
  "repairs-by-choice": {
    madeBy: "0.3.0",
    droppableBy: "0.5.0",
    changes:
      "backfill: where hours were chosen, or must never be touched, the plan is made by an activity that leaves the others out; before, everything broken was planned",
  },
} as const satisfies Record<string, Patch>;

/**
 * Whether this execution has the change. The first call records a marker in the history, so it is itself a command: call it only where
 * the change is about to matter, and always in the same order.
 */
export const changedBy = (id: keyof typeof PATCHES): boolean => patched(id);
