import { z } from "zod";
import { POINTER } from "../../../formats/events/json-pointer";

const pointer = z
  .string()
  .superRefine((given, context) => {
    if (!POINTER.test(given))
      context.addIssue({
        code: "custom",
        message: `given ${JSON.stringify(given)}, which is no JSON pointer (RFC 6901) such as /meta/id`,
      });
  })
  .meta({ format: "JSON pointer" });

/** One pointer, or several of which the first that leads to a value counts. */
const pointers = z
  .union([pointer, z.array(pointer).min(1)])
  .meta({ format: "JSON pointer, or a list of them" });

export const events = z
  .strictObject({
    identity: pointers.describe(
      "Where an event says which it is, such as `/meta/id`: a text, compared as it stands there. Rows have it in the columns of the same names.",
    ),
    time: pointers.describe(
      "Where an event says when it was, such as `/meta/dt`: ISO 8601, or a number of seconds or milliseconds. Without a zone it is UTC.",
    ),
    stream: pointers.describe(
      "Where an event names its stream, such as `/meta/stream`: what the first group of `naming.topicPattern` finds in the topic's name.",
    ),
    ip: pointers
      .default(["/http/client_ip", "/ip", "/client_ip"])
      .describe(
        "Where an event has the address by which Refine geocodes its row.",
      ),
  })
  .optional()
  .describe(
    "Where events have their parts. Of a list of pointers the first counts that leads to one. Without this section events are EventLogging's capsules, with `uuid`, `dt` or `timestamp`, and `schema`.",
  );
