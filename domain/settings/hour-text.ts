import { z } from "zod";

/** An hour as people write it: `2018-07-05T03`, UTC. */
export const hour = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}$/, "an hour is written 2018-07-05T03 (UTC)")
  .refine((text) => {
    const ms = Date.parse(`${text}:00:00Z`);
    return (
      !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 13) === text
    );
  }, "no such hour in the calendar; hours run from 00 to 23 (UTC)");
