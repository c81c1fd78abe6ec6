/** One step of the saga `backfill`: everything that people, the page in the Web UI and the step runner need to know of it. */
type SagaStep = {
  name: string;
  /** What it does: one sentence without its subject, which is the saga. */
  does: string;
  /**
   * Whether an operator's pause may end it while it runs. It is then begun again from the start, and finds what it has done already. An
   * application on YARN that it has submitted is not ended.
   */
  interruptible: boolean;
  /** The compensation that undoes it, and what that restores; null where there is none. */
  undo: { name: string; restores: string } | null;
  /** What is still there after an abort; null where nothing is. */
  stays: string | null;
};

/** The steps of a saga, in their order. */
export const SAGA_STEPS = [
  {
    name: "plan",
    does: "finds what is broken in the range and writes down all that the saga would change",
    interruptible: false,
    undo: null,
    stays: null,
  },
  {
    name: "approve",
    does: "waits until an operator approves this very plan",
    interruptible: false,
    undo: null,
    stays: null,
  },
  {
    name: "hold retention",
    does: "raises retention.ms of topics whose replayed events would expire",
    interruptible: false,
    undo: {
      name: "restore retention",
      restores: "puts the recorded values back",
    },
    stays: null,
  },
  {
    name: "reset import",
    does: "moves the importer to the earliest offset of topics with lost offsets, and back to offsets that it has jumped over",
    interruptible: true,
    undo: {
      name: "restore offsets",
      restores:
        "puts the positions of these topics back, until they are verified; those of all others stay",
    },
    stays: null,
  },
  {
    name: "find missing",
    does: "compares every source with Kafka and the raw hours and stores the events that are missing",
    interruptible: true,
    undo: null,
    stays: null,
  },
  {
    name: "replay",
    does: "produces the missing events into their topics",
    interruptible: true,
    undo: null,
    stays:
      "replayed events stay in Kafka, where they carry the header backfill-id: they are lost ones, and a later backfill finds them there",
  },
  {
    name: "import",
    does: "runs the importer until it has passed the replayed events, then gives the topics their retention back",
    interruptible: true,
    undo: {
      name: "restore offsets",
      restores: "with `reset import`, where that moved the importer",
    },
    stays: "raw files stay and are written anew by the next run",
  },
  {
    name: "clear flags",
    does: "removes the planned flags, each recorded first",
    interruptible: false,
    undo: {
      name: "restore flags",
      restores: "writes back those that Refine has not set anew",
    },
    stays: null,
  },
  {
    name: "refine",
    does: "submits the planned job once",
    interruptible: true,
    undo: {
      name: "kill the Refine application",
      restores: "kills it while it runs",
    },
    stays: "partitions that Refine has finished keep their new rows and flags",
  },
  {
    name: "scan logs",
    does: "reads in Refine's logs how each planned partition ended",
    interruptible: true,
    undo: null,
    stays: null,
  },
  {
    name: "verify",
    does: "compares the rows of every planned partition with their events",
    interruptible: true,
    undo: null,
    stays: null,
  },
  {
    name: "report",
    does: "writes the report with its proof",
    interruptible: false,
    undo: null,
    stays: null,
  },
] as const satisfies readonly SagaStep[];

type Row = (typeof SAGA_STEPS)[number];
export type StepName = Row["name"];
/** Compensations that do without a step of their own: schedules are held around the steps that need it. */
type HoldName = `release the schedule of ${"importer" | "refine"}`;
export type CompensationName = NonNullable<Row["undo"]>["name"] | HoldName;

/** The names of the steps, in their order. */
export const STEPS: readonly StepName[] = SAGA_STEPS.map(({ name }) => name);

/** The row of a step. */
export const sagaStep = (name: StepName): SagaStep & { name: StepName } =>
  SAGA_STEPS.find((step) => step.name === name)!;
