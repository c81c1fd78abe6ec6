import { withoutValues } from "../../../../domain/backfill/program-output";

const EVENT =
  '{"ip":"198.51.100.7","userAgent":"Mozilla/5.0 (X11; Linux)","dt":"2018-07-05T03:00:00Z"';

test.each([
  [
    `User class threw exception: java.lang.RuntimeException: Unexpected end in ${EVENT}`,
    "User class threw exception: java.lang.RuntimeException",
  ],
  [
    `Unrecognized token 'secret': was expecting JSON at [Source: (String)${EVENT}"; line: 1]`,
    "Unrecognized token …: was expecting JSON at …",
  ],
  ["no such host 198.51.100.7 or 2001:db8::7", "no such host … or …"],
  ["sent by Mozilla/5.0 (X11; Linux) Firefox", "sent by …"],
  [
    'java.lang.NumberFormatException: For input string: "198.51.100.7"\n\tat java.lang.Long.parseLong(Long.java:589)',
    "java.lang.NumberFormatException\n\tat java.lang.Long.parseLong(Long.java:589)",
  ],
])("an event's values are not repeated: %s", (text, told) => {
  const found = withoutValues(text);
  expect(found).toBe(told);
  expect(found).not.toMatch(/198\.51|Mozilla|secret|2001:db8/);
});

test.each([
  "Application application_1530000000000_0001 failed 2 times due to AM Container exited with exitCode: 13",
  "org.apache.hadoop.yarn.exceptions.YarnException: Failed to submit application to YARN: no queue named refine",
  "18/07/05 03:11:12 INFO Client: Submitting application",
])("what the platform says of itself is: %s", (text) => {
  expect(withoutValues(text)).toBe(text);
});
