import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holdSecret, secretOf, tlsOptions } from "../../../clients/secrets";

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
