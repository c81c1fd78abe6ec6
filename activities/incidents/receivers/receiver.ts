import type { Alert } from "../../../domain/incidents/alert";

/**
 * Delivers one alert; what it is given again after a failure has the same id.
 * The scope is what the names of the alert's pipeline begin with, where it has a name.
 * @throws ServiceError where trying again may help: the receiver does not answer, or is too busy
 * @throws ApplicationFailure of type `Undeliverable` where the receiver refuses this alert for good
 */
export type Receiver = (alert: Alert, scope?: string) => Promise<void>;

/** Longer than this (ms) no receiver may take to connect and to answer. */
export const TIMEOUT_MS = 10_000;

/** So much of a receiver's answer is kept in an error, in characters. */
export const MAX_ANSWER = 200;
