import { random } from "../../../lib/random";
import { BROKEN, SCHEMAS } from "./scenario";

/** A saga of a world. */
export type SagaShape = {
  /** Whose topics it is to repair. */
  schemas: string[];
  isAborted: boolean;
  /** When it is started: so many milliseconds after the first, or under the workflow id of the one before once that has ended. */
  starts: number | "again";
};

/** A job that starts by itself. */
export type ScheduleShape = {
  everyMs: number;
  /** Whether a saga has commands to hold it. */
  canBeHeld: boolean;
  /** Whether it is an old Refine, whose rows lack what the planned one adds. */
  isOutdated?: boolean;
};

/** What a seed chooses of a world, beside its faults. */
export type Shape = {
  /** The partitions of each schema's topic. */
  partitions: Record<string, number>;
  /** Hosts of the bulk queue, each with a process table of its own. */
  hosts: string[];
  sagas: SagaShape[];
  /** What has a schedule of its own. */
  schedules: { importer?: ScheduleShape; refine?: ScheduleShape };
};

/** The fraction of sagas that are aborted, alone and where another one comes after. */
const ABORTED = 0.2;
const ABORTED_BEFORE_ANOTHER = 0.5;
/** The fraction of worlds whose importer has a schedule of its own, and of those whose Refine has. */
const SCHEDULED = 0.35;
/** The second of two sagas is started within so many milliseconds: a saga alone takes about twice as long. */
const SECOND_MS = 5000;

const HOSTS = ["bulk-a", "bulk-b"];

/** The shape of a seed's world. It is drawn apart from the faults, so that a choice that is added changes none of those. */
export function shapeOf(seed: number): Shape {
  const dice = random(seed ^ 0x57a9e);
  const upTo = (n: number) => 1 + Math.floor(dice() * n);
  return {
    partitions: Object.fromEntries(SCHEMAS.map((schema) => [schema, upTo(4)])),
    hosts: HOSTS.slice(0, upTo(HOSTS.length)),
    sagas: sagasOf(dice),
    schedules: schedulesOf(dice),
  };
}

function schedulesOf(dice: () => number): Shape["schedules"] {
  const schedule = (): ScheduleShape => ({
    everyMs: 1000 + Math.round(dice() * 2500),
    canBeHeld: dice() < 0.5,
  });
  return {
    ...(dice() < SCHEDULED ? { importer: schedule() } : {}),
    ...(dice() < SCHEDULED
      ? { refine: { ...schedule(), isOutdated: dice() < 0.5 } }
      : {}),
  };
}

/** One saga over everything; or two over some of the topics each, at the same time; or two of one workflow id, one after the other. */
function sagasOf(dice: () => number): SagaShape[] {
  const kind = dice();
  const isAborted = dice() < ABORTED;
  if (kind < 0.5) return [{ schemas: BROKEN, isAborted, starts: 0 }];
  const isFirstAborted = dice() < ABORTED_BEFORE_ANOTHER;
  const some = () => {
    const chosen = BROKEN.filter(() => dice() < 0.7);
    return chosen.length > 0 ? chosen : BROKEN;
  };
  return [
    { schemas: some(), isAborted: isFirstAborted, starts: 0 },
    {
      schemas: some(),
      isAborted,
      starts: kind < 0.8 ? Math.round(dice() * SECOND_MS) : "again",
    },
  ];
}

const sagaText = ({ schemas, isAborted, starts }: SagaShape): string => {
  const when = starts === "again" ? "again" : `after ${starts} ms`;
  return `${schemas.join("+")} ${when}${isAborted ? " and aborted" : ""}`;
};

const scheduleText = (
  name: string,
  { everyMs, canBeHeld, isOutdated }: ScheduleShape,
): string =>
  `${isOutdated ? "an outdated " : ""}${name} every ${everyMs} ms that ${canBeHeld ? "can" : "cannot"} be held`;

/** A shape as it is printed beside its seed. */
export const shapeText = ({
  partitions,
  hosts,
  sagas,
  schedules,
}: Shape): string =>
  [
    `partitions ${Object.values(partitions).join(" ")}`,
    `${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}`,
    `sagas ${sagas.map(sagaText).join(", ")}`,
    ...Object.entries(schedules).map(([name, of]) => scheduleText(name, of)),
  ].join("; ");
