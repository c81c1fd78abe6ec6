/** Put together by hand after the protocol guide's "Metadata Response (Version: 12)". */
export const METADATA_ANSWER = Buffer.from(
  [
    "00", // the header's tagged fields
    "00000000", // throttle time
    "02" + "000003e9" + "0a3132372e302e302e31" + "000042b0" + "00" + "00", // one broker: 1001, 127.0.0.1:17072, no rack
    "02" + "63", // cluster "c"
    "000003e9", // controller
    "03", // two topics
    "0000" + "0461" + "6263", // abc
    "00112233445566778899aabbccddeeff",
    "00",
    "02" + // one partition
      "0000" +
      "00000000" +
      "000003e9" +
      "00000000",
    "02" + "000003e9" + "02" + "000003e9" + "01" + "00",
    "80000000" + "00",
    "0003" + "0578797a31" + "0".repeat(32) + "00" + "01" + "80000000" + "00", // xyz1: unknown topic
    "00",
  ].join(""),
  "hex",
);

const partition = (number: string, size: string, isFuture = "00") =>
  `0000000${number}` + size.padStart(16, "0") + "0".repeat(16) + isFuture;

/** Put together by hand after the protocol guide's "DescribeLogDirs Response (Version: 1)". */
export const LOG_DIRS_ANSWER = Buffer.from(
  [
    "00000000",
    "00000002", // two directories
    "0000" + "0002" + "2f61", // "/a", readable
    "00000001" + "0001" + "74", // topic "t"
    "00000002" + partition("0", "400") + partition("1", "1234567890", "01"),
    "0038" + "0002" + "2f62", // "/b", which the broker cannot read
    "00000001" + "0001" + "74",
    "00000001" + partition("2", "9"),
  ].join(""),
  "hex",
);

/** Put together by hand after the protocol guide's "Produce Response (Version: 3)". */
export const PRODUCED_ANSWER = Buffer.from(
  [
    "00000001" + "0004" + "45646974", // topic "Edit"
    "00000002",
    "00000000" + "0000" + "00000000000003e8" + "f".repeat(16),
    "00000003" + "002f" + "f".repeat(16) + "f".repeat(16), // its producer is fenced
    "00000000",
  ].join(""),
  "hex",
);

const topic = (error: string, name: string, rights: string, partitions = 0) =>
  error +
  "0003" +
  Buffer.from(name).toString("hex") +
  "00" +
  `0000000${partitions}` +
  (
    "0000" + // no error
    "00000000" +
    "000003e9" +
    "00000000" +
    ("00000001" + "000003e9").repeat(2) +
    "00000000"
  ).repeat(partitions) +
  rights;

/** Put together by hand after the protocol guide's "Metadata Response (Version: 8)". */
export const TOPIC_RIGHTS_ANSWER = Buffer.from(
  [
    "00000000",
    "00000001" + "000003e9" + "0001" + "68" + "000042b0" + "ffff", // one broker, no rack
    "0001" + "63", // cluster "c"
    "000003e9", // controller
    "00000004",
    topic("0000", "abc", "00000118", 1), // Read, Write, Describe
    topic("001d", "def", "80000000"), // hidden
    topic("0000", "ghi", "80000000", 2), // not told
    topic("0003", "xyz", "80000000"), // unknown topic
    "00000100", // the cluster: Describe
  ].join(""),
  "hex",
);

/** Put together by hand after the protocol guide's "DescribeGroups Response (Version: 3)". */
export const GROUP_RIGHTS_ANSWER = Buffer.from(
  [
    "00000000",
    "00000001",
    "0000" + "0001" + "67" + "0004" + "44656164" + "0000" + "0000", // "g", Dead
    "00000000", // no members
    "00000148", // Read, Delete, Describe
  ].join(""),
  "hex",
);
