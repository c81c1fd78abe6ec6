import { FormatError } from "../../../../formats/format-error";
import { parseJaas } from "../../../../formats/kafka/jaas";

const of = (options: string) =>
  Object.fromEntries(parseJaas(`a.b.Module required ${options}`).options);

test("an entry has a module, a flag and options", () => {
  expect(
    parseJaas('org.x.Plain-Login_Module$1 REQUIRED\n user="a b"\tq=\'c"d\';'),
  ).toEqual({
    module: "org.x.Plain-Login_Module$1",
    options: new Map([
      ["user", "a b"],
      ["q", 'c"d'],
    ]),
  });
});

test("values in quotes have Java's escapes, and what looks like an end or a comment in them is none", () => {
  expect(of(String.raw`a="x\"y\\z\n\101\q;//#=" b=true;`)).toEqual({
    a: 'x"y\\z\nAq;//#=',
    b: "true",
  });
});

test("comments are those of Java", () => {
  expect(of("/* a=1; */ b=x // c=2;\n d=y; // the end")).toEqual({
    b: "x",
    d: "y",
  });
});

test.each([
  ["", "no login module"],
  ["a.b.M", "no control flag"],
  ["a.b.M maybe;", "allowed: required, requisite, sufficient, optional"],
  ["a.b.M required password=secret", "no semicolon"],
  ["a.b.M required password=5ecret;", "no value of password behind 0 others"],
  ["a.b.M required password=;", "no value of password"],
  [
    'a.b.M required password="sec"ret";',
    "no value of an option behind 1 others",
  ],
  [
    "a.b.M required username=u password=#secret;",
    "no value of password behind 1",
  ],
  ["a.b.M required username=u@secret;", "no key, behind 1 options"],
  ["a.b.M required;c.d.M required;", "more than one login module"],
])("what is no entry is refused without its values: %s", (text, told) => {
  let error: unknown;
  try {
    parseJaas(text);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toContain(told);
  expect((error as Error).message).not.toMatch(/secret|\bret\b/);
});
