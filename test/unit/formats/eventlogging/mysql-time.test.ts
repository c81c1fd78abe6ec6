import { capsuleTime } from "../../../../formats/eventlogging/event-time";
import {
  boundsOfAnyTime,
  boundsOfTime,
  dtOfRow,
} from "../../../../formats/eventlogging/mysql-time";

const SINCE = Date.parse("2018-07-05T03:00:00Z");
const UNTIL = Date.parse("2018-07-05T04:00:00Z");

/** Whether a statement asks for a row, as MySQL compares texts by their bytes. */
const isAsked = (text: string) =>
  boundsOfTime("text", SINCE, UNTIL).some(
    ([first, end]) => text >= String(first) && text < String(end),
  );

test.each([
  ["MediaWiki time", "20180705031500"],
  ["seconds", "1530760500"],
  ["seconds with a fraction", "1530760500.123"],
  ["milliseconds", "1530760500000"],
  ["microseconds", "1530760500000000"],
  ["MySQL's own form", "2018-07-05 03:15:00.000"],
  ["the extended form", "2018-07-05T03:15:00Z"],
  ["the extended form, far in the east", "2018-07-05T17:15:00+14:00"],
  ["the basic form", "20180705T031500Z"],
  ["the basic form without a zone", "20180705T031500"],
  ["the basic form without seconds", "20180705T0315Z"],
  ["the basic form in lower case", "20180705t031500z"],
  ["the basic form with a zone of hours only", "20180705T051500+02"],
  ["the basic form without seconds, in such a zone", "20180704T2215-05"],
  ["the extended form with a zone of hours only", "2018-07-05T05:15:00+02"],
  ["MySQL's own form with a zone of hours only", "2018-07-05 05:15:00.000+02"],
  ["the basic form, of the day after", "20180706T031500+2400"],
  ["the basic form, of the day before", "20180704T171500-1000"],
])("a text that is read as a time of the hours is asked for: %s", (_, text) => {
  const ms = capsuleTime({ dt: dtOfRow(text)! })!;
  expect(ms >= SINCE && ms < UNTIL).toBe(true);
  expect(isAsked(text)).toBe(true);
  const [first, end] = boundsOfAnyTime("text");
  expect(text >= String(first) && text < String(end)).toBe(true);
});

test("MediaWiki times of other hours are not asked for, though the basic form begins as they do", () => {
  for (const text of ["20180705025959", "20180705040000", "20180706031500"])
    expect(isAsked(text)).toBe(false);
});
