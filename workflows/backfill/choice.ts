import { type BackfillInput, isChoice } from "../../domain/settings/inputs";
import { changedBy } from "../support/patches";
import type { Settings } from "./saga";

/**
 * Whether a saga may have to leave something out that is broken. Whatever must know of that is an activity with a name of its own
 * (`planByChoice`, `joinByChoice`): a worker of before does not know the name, and the task goes to one that does, where the old
 * activity would pass over the choice and replay everything.
 */
export const isByChoice = (
  input: BackfillInput,
  { neverTouch }: Pick<Settings, "neverTouch">,
): boolean =>
  (isChoice(input) || neverTouch !== undefined) &&
  changedBy("repairs-by-choice");
