/**
 * The YARN tag of what a saga runs in one of its steps. An attempt finds by it what an earlier attempt has started.
 * YARN keeps tags in lower case; whatever is neither a letter, a digit, `-` nor `_` becomes `_`, so that no shell and no list of
 * tags takes a tag apart.
 */
export const tagOf = (sagaId: string, step: string): string =>
  `sisyphus-${sagaId}-${step}`.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "_");
