/** Every workflow execution has modules of its own, so that this is the name of the saga, or shard, that runs here. */
let name: string | undefined;

/** Gives the saga, or the shard of one, its name; to be called before its first activity. */
export function nameSaga(given: string): void {
  name = given;
}

/** The saga's name; undefined in sagas that began before they were named by their run. */
export const sagaName = (): string | undefined => name;

/** The digest of the configuration that the saga goes by, once it has asked; see domain/settings/config-digest.ts. */
let config: string | undefined;

/** From here on, workers with another configuration refuse what this saga asks for. */
export function goBy(digest: string | undefined): void {
  config = digest;
}

/** The digest of the configuration that the saga goes by; undefined until it has asked, and where a worker of before has answered. */
export const configOfSaga = (): string | undefined => config;

/**
 * The same activities, each of which is told the saga's name and its configuration as well, behind its input: what it keeps and marks is named by the
 * name (activities/backfill/saga-id.ts).
 */
export function tellingSaga<A extends object>(activities: A): A {
  return new Proxy(activities, {
    get(target, property) {
      const call = Reflect.get(target, property) as
        ((...args: unknown[]) => unknown) | undefined;
      if (typeof call !== "function" || name === undefined) return call;
      const about = config === undefined ? [name] : [name, config];
      return (input: unknown, ...rest: unknown[]) =>
        call(input, ...rest, ...about);
    },
  });
}
