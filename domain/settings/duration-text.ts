import { z } from "zod";
import { DAY_MS, HOUR_MS } from "../../lib/hour";

const UNIT_MS = { s: 1000, m: 60_000, h: HOUR_MS, d: DAY_MS };

/** A time span as people write it, `90s`, `30m`, `2h` or `7d`, in milliseconds. */
export const durationText = z
  .string()
  .regex(/^\d{1,6}[smhd]$/, "a time span is written 90s, 30m, 2h or 7d")
  .transform(
    (text) =>
      Number(text.slice(0, -1)) * UNIT_MS[text.at(-1) as keyof typeof UNIT_MS],
  );
