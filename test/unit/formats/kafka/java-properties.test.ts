import { parseProperties } from "../../../../formats/kafka/java-properties";

const of = (text: string) =>
  Object.fromEntries(parseProperties(Buffer.from(text, "latin1")));

test("keys end at =, : or a blank, and blanks around are none of the value", () => {
  expect(of("a=1\nb: 2\r\nc 3\rd\t=\f4 \ne\n = x\n")).toEqual({
    a: "1",
    b: "2",
    c: "3",
    d: "4 ",
    e: "",
    "": "x",
  });
  expect(of("a==1\nb = : 2")).toEqual({ a: "=1", b: ": 2" });
});

test("comments and blank lines are left out, also those that end with a backslash", () => {
  expect(of("# a=1 \\\n  ! b=2\n\n \t\nc=3#4")).toEqual({ c: "3#4" });
});

test("a line that ends with an odd number of backslashes goes on behind the next one's blanks", () => {
  expect(of("a=1\\\n   2\\\r\n\t# 3\nb=4\\\\\nc=5\\")).toEqual({
    a: "12# 3",
    b: "4\\",
    c: "5",
  });
});

test("a line of a backslash alone begins nothing: what follows is a comment, or blank, as it would be", () => {
  expect(of("\\\n# a=1\n\\\n\n b=2\n \\")).toEqual({ b: "2" });
});

test("escapes are those of Java, and bytes are Latin-1", () => {
  expect(of('a\\ b\\:\\==\\"x\\q\\t\\u00e9\\\\n\nc=\xe9')).toEqual({
    "a b:=": '"xq\té\\n',
    c: "é",
  });
});

test("what counts of a key that is there twice is the last", () => {
  expect(of("a=1\na=2")).toEqual({ a: "2" });
});

test("an escape that is none is refused, without what lies around it", () => {
  expect(() => of("password=secret\\u12")).toThrow(
    /^\\u without four hexadecimal digits$/,
  );
});
