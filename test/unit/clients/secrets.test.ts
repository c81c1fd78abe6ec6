import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretOf, tlsOptions } from "../../../clients/secrets";

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

test("files of TLS are read when a connection is made, and errors name their fields", () => {
  const ca = join(folder, "ca.pem");
  const options = tlsOptions({ ca }, "security.kafka.tls");
  expect(() => options.ca).toThrow("security.kafka.tls.ca");
  writeFileSync(ca, "a certificate");
  expect({ ...options }).toEqual({ ca: Buffer.from("a certificate") });
});
