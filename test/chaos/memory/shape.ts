import { random } from "./faults";
import { BROKEN, SCHEMAS } from "./scenario";

/** A saga of a world. */
export type SagaShape = {
  /** Whose topics it is to repair. */
  schemas: string[];
  isAborted: boolean;
};

/** What a seed chooses of a world, beside its faults. */
export type Shape = {
  /** The partitions of each schema's topic. */
  partitions: Record<string, number>;
  /** Hosts of the bulk queue, each with a process table of its own. */
  hosts: string[];
  sagas: SagaShape[];
};

/** The fraction of sagas that are aborted. */
const ABORTED = 0.2;

const HOSTS = ["bulk-a", "bulk-b"];

/** The shape of a seed's world. It is drawn apart from the faults, so that a choice that is added changes none of those. */
export function shapeOf(seed: number): Shape {
  const dice = random(seed ^ 0x57a9e);
  const upTo = (n: number) => 1 + Math.floor(dice() * n);
  return {
    partitions: Object.fromEntries(SCHEMAS.map((schema) => [schema, upTo(4)])),
    hosts: HOSTS.slice(0, upTo(HOSTS.length)),
    sagas: [{ schemas: BROKEN, isAborted: dice() < ABORTED }],
  };
}

/** A shape as it is printed beside its seed. */
export const shapeText = ({ partitions, hosts }: Shape): string =>
  [
    `partitions ${Object.values(partitions).join(" ")}`,
    `${hosts.length} ${hosts.length === 1 ? "host" : "hosts"}`,
  ].join(", ");
