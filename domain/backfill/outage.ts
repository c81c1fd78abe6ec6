/** The type of an activity's failure that says that a service did not answer, or refused: not ours to mend, and over once it is mended. */
export const OUTAGE = "Outage";
