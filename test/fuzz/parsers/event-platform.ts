import {
  namesOf,
  POINTER,
  valueAt,
} from "../../../formats/events/json-pointer";
import { PLATFORM } from "../../support/event-platform";
import { type Parser, texts } from "../parser";
import { PAGE_CREATE } from "../seeds/event-platform";

export const EVENT_PLATFORM: Parser[] = [
  {
    name: "pointed-event-line",
    seeds: texts(PAGE_CREATE),
    parse: (bytes) => {
      const line = bytes.toString("utf8");
      const read = PLATFORM.read(line);
      // What is read for the held side and for candidates must be one event.
      if ("event" in read && PLATFORM.idOf(line) !== read.event.uuid)
        throw new Error("two readings of a line tell two identities");
      return "event" in read ? read.event.ms : read.isEvent;
    },
  },
  {
    name: "json-pointer",
    seeds: texts("/meta/id", "/a~1b/m~0n"),
    parse: (bytes) => {
      const text = bytes.toString("utf8");
      return POINTER.test(text) && valueAt({ meta: { id: 1 } }, namesOf(text));
    },
  },
];
