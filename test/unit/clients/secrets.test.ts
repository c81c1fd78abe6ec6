import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  holdSecret,
  secretOf,
  tlsOptions,
  withoutSecrets,
} from "../../../clients/secrets";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "secrets-"))));
afterAll(() => rmSync(folder, { recursive: true }));

test("a secret is read anew each time, without the line break at its end", () => {
  const file = join(folder, "password");
  writeFileSync(file, "first\n");
  expect(secretOf({ file }, "field")).toBe("first");
  writeFileSync(file, " second \r\n");
  expect(secretOf({ file }, "field")).toBe(" second ");
});

test("a secret that is not there is told by its field and where it was looked for", () => {
  const file = join(folder, "none");
  expect(() => secretOf({ file }, "security.kafka.sasl.password")).toThrow(
    `security.kafka.sasl.password: ${file} cannot be read (ENOENT)`,
  );
  expect(() => secretOf({ variable: "TEST_NO_SUCH" }, "field")).toThrow(
    "field: the variable TEST_NO_SUCH is not set",
  );
});

test("a secret that is empty, as a file is that is being replaced, or has several lines, is none", () => {
  const file = join(folder, "odd");
  for (const [text, why] of [
    ["", "is empty"],
    ["\n", "is empty"],
    ["one\ntwo\n", "has more than one line"],
    ["one\n\n", "has more than one line"],
  ] as const) {
    writeFileSync(file, text);
    expect(() => secretOf({ file }, "field")).toThrow(`field: ${file} ${why}`);
  }
  process.env["TEST_EMPTY"] = "";
  expect(() => secretOf({ variable: "TEST_EMPTY" }, "field")).toThrow(
    "field: the variable TEST_EMPTY is empty",
  );
});

test("files of TLS are read when their options are, and errors name their fields", () => {
  const ca = join(folder, "ca.pem");
  const options = tlsOptions({ ca }, "security.kafka.tls");
  expect(() => options.ca).toThrow("security.kafka.tls.ca");
  writeFileSync(ca, "a certificate");
  expect({ ...options }).toEqual({ ca: Buffer.from("a certificate") });
});

test("a secret that is held stands for what it was given, in no variable and for no other", () => {
  const secret = { variable: "SISYPHUS_TEST_HELD" };
  holdSecret(secret, "held");
  expect(secretOf(secret, "field")).toBe("held");
  expect(process.env["SISYPHUS_TEST_HELD"]).toBeUndefined();
  expect(() => secretOf({ ...secret }, "field")).toThrow("is not set");
});

describe("a text of somebody else", () => {
  const password = "S3cret+pa/ss wörd";
  const line = Buffer.from(`\0sisyphus\0${password}`).toString("base64");
  const folded = (fold: string) => line.replaceAll(/.{10}(?=.)/g, `$&${fold}`);

  test.each([
    ["as it is", password],
    ["as a line", line],
    ["in base64 of a URL", line.replaceAll("+", "-").replaceAll("/", "_")],
    ["in base64 that is percent-encoded", encodeURIComponent(line)],
    ["behind one more character", `x${line}`],
    ["behind two", `xy${line}`],
    ["behind three", `xyz${line}`],
    ["behind a path", `AUTH/PLAIN/${line}`],
    ["behind a number", `500-5.5.1-${line}`],
    ["over lines", folded("\r\n")],
    ["over lines that are indented", folded("\r\n \t")],
    ["over lines with blanks at their ends", folded(" \n")],
    ["over an answer's lines", folded("\n535-")],
    ["over an answer's lines, the last among them", folded("\r\n535 ")],
    ["percent-encoded", encodeURIComponent(password)],
    [
      "percent-encoded in small letters",
      encodeURIComponent(password).replaceAll(/%../g, (hex) =>
        hex.toLowerCase(),
      ),
    ],
    ["as a form has it", new URLSearchParams({ password }).toString()],
  ])("has a secret no more that it repeats %s", (_, repeated) => {
    const left = withoutSecrets(`refused: ${repeated}`, [password]);
    expect(left).toMatch(/^refused: (?:password=|500-5\.5\.)?…$/);
  });

  test("keeps what is none, and a secret's own signs are no pattern", () => {
    const text = "535-5.7.8 Username/Password\r\n535 not accepted: 100%25";
    expect(withoutSecrets(text, [password, "", "a.*[b"])).toBe(text);
    expect(withoutSecrets("x a.*[b\\^ y", ["a.*[b\\^"])).toBe("x … y");
    expect(withoutSecrets("long-secret", ["long", "long-secret"])).toBe("…");
  });
});
