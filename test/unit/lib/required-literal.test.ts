import { requiredLiteral } from "../../../lib/required-literal";

test.each([
  ["Failed refinement", "Failed refinement"],
  [String.raw`\(# refined records: 0\)`, "(# refined records: 0)"],
  ["^ERROR .* lost$", "ERROR "],
  ["colou?r", "colo"],
  ["ab*c+de{2}fg", "fg"],
  ["(Finished|Failed) refinement", " refinement"],
  ["[Ff]inished [)(] now", "inished "],
  [String.raw`a[\]|(]bc(d[)]e\)f)ghi`, "ghi"],
  [String.raw`took \d+ seconds`, " seconds"],
  ["nähme", "hme"],
  ["\\💩xy", "xy"],
])("what %s matches holds %s", (source, literal) => {
  expect(requiredLiteral(source)).toBe(literal);
});

test.each([
  "a|b",
  "",
  ".*",
  "(abc)?",
  String.raw`\x41BC`,
  String.raw`\u0041BC`,
  String.raw`(a)\1bc`,
  "a{b",
])("of %s nothing is sure", (source) => {
  expect(requiredLiteral(source)).toBeUndefined();
});

test("no match is without the literal", () => {
  const parts = ["ab", "c", ".", "x*", "[ab]", "(?:ab|c)", "c?", "b+", "a{0,2}", "(?=a)", "^", String.raw`\.`, String.raw`\d`, "$"]; // prettier-ignore
  let sure = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const source = [3, 17, 91, 557].map((k) => parts[Math.floor(seed * k * 0.618) % parts.length]).join(""); // prettier-ignore
    const literal = requiredLiteral(source);
    if (literal === undefined) continue;
    sure++;
    const regex = new RegExp(source);
    for (const text of ["abc", "aabbcc", "a.b1c", "cab.", "bbbab", "x1ab", ""])
      if (regex.test(text)) expect(text).toContain(literal);
  }
  expect(sure).toBeGreaterThan(500);
});
