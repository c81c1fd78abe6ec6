/** Every workflow execution has modules of its own, so that this is the name of the saga, or shard, that runs here. */
let name: string | undefined;

/** Gives the saga, or the shard of one, its name; to be called before its first activity. */
export function nameSaga(given: string): void {
  name = given;
}

/** The saga's name; undefined in sagas that began before they were named by their run. */
export const sagaName = (): string | undefined => name;

/**
 * The same activities, each of which is told the saga's name as well, behind its input: what it keeps and marks is named by it
 * (activities/backfill/saga-id.ts).
 */
export function tellingSaga<A extends object>(activities: A): A {
  return new Proxy(activities, {
    get(target, property) {
      const call = Reflect.get(target, property) as
        ((...args: unknown[]) => unknown) | undefined;
      if (typeof call !== "function" || name === undefined) return call;
      return (input: unknown, ...rest: unknown[]) => call(input, ...rest, name);
    },
  });
}
