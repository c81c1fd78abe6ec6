import {
  candidateLine,
  missingLine,
  parseCandidate,
  parseMissing,
} from "../../../formats/candidate";
import { FormatError } from "../../../formats/format-error";

const CANDIDATE = {
  topic: "eventlogging_Edit",
  uuid: "0123456789abcdef0123456789abcdef",
  rank: 0 as const,
  ms: 1530760020000,
  json: '{"ip":"198.51.100.7",\t"dt":"2018-07-05T03:07:00Z"}',
};

test("what is written is read back", () => {
  const missing = { ...CANDIDATE, copies: 2 };
  expect(parseCandidate(candidateLine(CANDIDATE))).toEqual(CANDIDATE);
  expect(parseMissing(missingLine(missing))).toEqual(missing);
});

test("a line that is none is refused without being quoted", () => {
  const [whole, missing] = [
    candidateLine(CANDIDATE),
    missingLine({ ...CANDIDATE, copies: 2 }),
  ];
  for (const [parse, line] of [
    [parseCandidate, CANDIDATE.json],
    [parseCandidate, whole.replace("\t0\t", "\t7\t")],
    [parseCandidate, whole.replace("1530760020000", "198.51.100.7")],
    [parseMissing, whole.replace('\t"dt"', '"dt"')],
    [parseMissing, missing.replace("\t2\t", "\t-2\t")],
  ] as const) {
    expect(() => parse(line)).toThrow(FormatError);
    expect(() => parse(line)).not.toThrow("198.51");
  }
});
