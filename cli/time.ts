import { instant } from "../lib/time";

/**
 * How the command line shows an instant: as it is written, in UTC. Whoever wants local times changes this function alone, as every
 * instant that a person reads on the terminal passes through it. Names of hours such as `2018-07-05T03` stay in UTC.
 * @param iso ISO-8601 in UTC, with as many digits as it was written with
 */
const shown = (iso: string): string => iso;

/** An instant (epoch ms) for a person. */
export const showInstant = (ms: number): string => shown(instant(ms));

/** Instants as sentences carry them: `2018-07-05T05:20:00Z`, with or without seconds and fractions. */
const INSTANT = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z/g;

/** A text for a person, with every instant in it as {@link shown} has it: sentences that come from workflows carry instants in UTC. */
export const showInstants = (text: string): string =>
  text.replaceAll(INSTANT, (iso) => shown(iso));
