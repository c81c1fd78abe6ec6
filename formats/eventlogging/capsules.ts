import type { EventReader } from "../events/event-reader";
import { parseCapsuleLine, uuidOfLine } from "./event-capsule";
import { capsuleTime, timeProblem } from "./event-time";

/** EventLogging's events: capsules, each of whose fields is checked. */
export const CAPSULES: EventReader = {
  read: (line) => {
    const parsed = parseCapsuleLine(line);
    if ("error" in parsed) return parsed;
    const { event } = parsed;
    const { uuid, schema } = event;
    const ms = capsuleTime(event);
    return {
      event: {
        uuid,
        schema,
        ...(ms === undefined ? { timeProblem: timeProblem(event)! } : { ms }),
      },
    };
  },
  idOf: uuidOfLine,
  identified: (json) => {
    const { uuid, dt, timestamp } = (json ?? {}) as Record<string, unknown>;
    if (
      typeof uuid !== "string" ||
      !(dt === undefined || typeof dt === "string") ||
      !(timestamp === undefined || typeof timestamp === "number")
    )
      return undefined;
    return {
      uuid,
      ms: capsuleTime({
        ...(dt === undefined ? {} : { dt }),
        ...(timestamp === undefined ? {} : { timestamp }),
      }),
    };
  },
  engine: {
    pointers: { schema: "/schema", uuid: "/uuid", time: "/dt" },
    idType: "uuid",
    // DuckDB also takes UUIDs with dashes and braces for such.
    idSql: (text) =>
      `case when strlen(${text}) = 32 then try_cast(${text} as uuid) end`,
    textSql: (id) => `replace(${id}::varchar, '-', '')`,
  },
  columns: { uuid: [["uuid"]], ip: [["ip"]] },
};
