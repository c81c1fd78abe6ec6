import { z } from "zod";
import { durationText } from "./duration-text";
import { hour } from "./hour-text";

const name = z
  .string()
  .regex(
    /^[\w.-]{1,255}$/,
    "a topic or a table: letters, digits, `.`, `_`, `-`",
  );

/** What may be asked of an hour, on the command line and over HTTP. */
export const hourQuestion = z.strictObject({
  name,
  hour,
  maxAge: durationText.optional(),
});

/** What may be asked of a table. */
export const tableQuestion = hourQuestion.omit({ hour: true });

/** What the command line asks besides. */
export const hourWait = z.strictObject({
  timeout: durationText.optional(),
  every: durationText.refine((ms) => ms > 0, "more than nothing"),
  asOf: z.iso
    .datetime({ error: "a UTC time such as 2018-07-05T05:20:00Z" })
    .optional(),
});
