import {
  chmodSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { kerberosLibrary } from "../../../../clients/kerberos/library";

const folder = mkdtempSync(join(tmpdir(), "sisyphus-kerberos-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keytab = join(folder, "sisyphus.keytab");
writeFileSync(keytab, "keys");
const cache = join(folder, "cache");
const NN1 = { service: "HTTP", host: "nn1" };
const WHO = { principal: "sisyphus@EXAMPLE.ORG", keytab };

const env = { ...process.env };
beforeEach(() => {
  process.env = { ...env, TMPDIR: folder };
});
afterAll(() => (process.env = env));

let steps: string[];
/** A library that fails so at its first step. */
const library = (failure?: string) =>
  (() => ({
    GSS_MECH_OID_KRB5: 1,
    GSS_MECH_OID_SPNEGO: 2,
    initializeClient: async (service: string) => ({
      contextComplete: false,
      step: async () => {
        steps.push(service);
        if (failure !== undefined) throw new Error(failure);
        return "";
      },
    }),
  })) as unknown as typeof kerberosLibrary;

/** Who a process is, is kept beside the class: each test is a process of its own. */
async function kerberosOf(
  settings: object,
  ...failure: string[]
): Promise<import("../../../../clients/kerberos/kerberos").Kerberos> {
  steps = [];
  jest.resetModules();
  const { Kerberos } = await import("../../../../clients/kerberos/kerberos");
  return new Kerberos(settings, library(...failure));
}

test("by a keytab, programs that are started find the tickets in a folder of this user alone", async () => {
  const kerberos = await kerberosOf(WHO);
  await kerberos.freshTicket(NN1);
  expect(steps).toEqual(["HTTP@nn1"]);
  expect(process.env["KRB5_CLIENT_KTNAME"]).toBe(keytab);
  const place = process.env["KRB5CCNAME"]!;
  expect(statSync(join(place, "..")).mode & 0o777).toBe(0o700);
  // Another process of the same identity finds the same, and one of another identity does not.
  await (await kerberosOf(WHO)).freshTicket(NN1);
  expect(process.env["KRB5CCNAME"]).toBe(place);
  await (await kerberosOf({ ...WHO, principal: "b@C" })).freshTicket(NN1);
  expect(process.env["KRB5CCNAME"]).not.toBe(place);
});

test("a folder for tickets that others may read is refused", async () => {
  const kerberos = await kerberosOf(WHO);
  await kerberos.freshTicket(NN1);
  const place = join(process.env["KRB5CCNAME"]!, "..");
  chmodSync(place, 0o755);
  await expect((await kerberosOf(WHO)).freshTicket(NN1)).rejects.toThrow(
    `security.kerberos: ${place}, where tickets are kept, is not this user's alone; name another place by security.kerberos.cache`,
  );
  chmodSync(place, 0o700);
});

test("a cache that is named is the one, with a keytab and without", async () => {
  await (await kerberosOf({ ...WHO, cache })).freshTicket(NN1);
  expect(process.env["KRB5CCNAME"]).toBe(cache);
  writeFileSync(cache, "");
  process.env = { ...env };
  const kerberos = await kerberosOf({ cache });
  await kerberos.begin("HTTP", "nn1", "SPNEGO");
  expect(process.env["KRB5CCNAME"]).toBe(cache);
  expect(process.env["KRB5_CLIENT_KTNAME"]).toBe(env["KRB5_CLIENT_KTNAME"]);
  // Whoever keeps it up to date does so without us.
  const asked = steps.length;
  await kerberos.freshTicket(NN1);
  expect(steps).toHaveLength(asked);
});

test("tickets of keys that the KDC has no longer are taken anew, once", async () => {
  await (await kerberosOf(WHO)).freshTicket(NN1);
  const place = process.env["KRB5CCNAME"]!;
  writeFileSync(place, "old tickets");
  const kerberos = await kerberosOf(WHO, "Decrypt integrity check failed");
  await expect(kerberos.freshTicket(NN1)).rejects.toThrow(
    "Decrypt integrity check failed",
  );
  expect(existsSync(place)).toBe(false);
  expect(steps).toHaveLength(2);
  // Whoever keeps a cache up to date keeps it.
  writeFileSync(cache, "theirs");
  await expect(
    (await kerberosOf({ cache }, "Ticket expired")).begin(
      "HTTP",
      "n",
      "SPNEGO",
    ),
  ).rejects.toThrow("Ticket expired");
  expect(existsSync(cache)).toBe(true);
  expect(steps).toHaveLength(1);
});

test("programs are told who they are, also where nothing is asked by Kerberos, or somebody else keeps the tickets", async () => {
  await (await kerberosOf({ cache })).freshTicket(NN1);
  expect(process.env["KRB5CCNAME"]).toBe(cache);
  process.env = { ...env, TMPDIR: folder };
  await (await kerberosOf(WHO)).freshTicket(undefined);
  expect(process.env["KRB5_CLIENT_KTNAME"]).toBe(keytab);
  process.env = { ...env };
  await (await kerberosOf({})).freshTicket(NN1);
  expect(process.env["KRB5CCNAME"]).toBe(env["KRB5CCNAME"]);
  expect(steps).toEqual([]);
});

test("one process is one identity", async () => {
  const kerberos = await kerberosOf(WHO);
  await kerberos.freshTicket(NN1);
  const { Kerberos } = await import("../../../../clients/kerberos/kerberos");
  await expect(
    new Kerberos({ ...WHO, principal: "b@C" }, library()).freshTicket(NN1),
  ).rejects.toThrow("this process is somebody else already");
  await new Kerberos(WHO, library()).freshTicket(NN1);
});

test.each([
  [
    "No credentials were supplied, or the credentials were unavailable or inaccessible: Can't find client principal sisyphus@EXAMPLE.ORG in cache collection",
    "Can't find client principal sisyphus@EXAMPLE.ORG in cache collection (does the keytab hold its keys?)",
  ],
  [
    "Unspecified GSS failure.  Minor code may provide more information: Clock skew too great",
    "Clock skew too great",
  ],
  ["Something else\nand more", "Something else"],
])(
  "what the library says is told with who asked for whom: %s",
  async (said, told) => {
    const kerberos = await kerberosOf(WHO, said);
    await expect(kerberos.freshTicket(NN1)).rejects.toMatchObject({
      message: `Kerberos, for HTTP@nn1 as sisyphus@EXAMPLE.ORG by the keytab ${keytab}: ${told}; see security.kerberos`,
    });
  },
);

test.each([
  [{ principal: "a@B", keytab: "/no/such" }, "keytab"],
  [{ cache: "/no/such" }, "cache"],
])(
  "a file that cannot be read is told before the library is asked: %j",
  async (settings, field) => {
    const kerberos = await kerberosOf(settings);
    await expect(kerberos.begin("HTTP", "nn1", "SPNEGO")).rejects.toThrow(
      `security.kerberos.${field}: /no/such cannot be read (ENOENT)`,
    );
  },
);

test("a KDC that does not answer holds up one call at a time, and nobody for ever", async () => {
  jest.useFakeTimers();
  try {
    let begun = 0;
    let answer = (): void => undefined;
    const hanging = (() => ({
      initializeClient: () => {
        begun++;
        const client = { step: async () => "" };
        return new Promise((done) => (answer = () => done(client)));
      },
    })) as unknown as typeof kerberosLibrary;
    jest.resetModules();
    const { Kerberos } = await import("../../../../clients/kerberos/kerberos");
    const kerberos = new Kerberos(WHO, hanging);
    const begin = () =>
      kerberos.begin("HTTP", "nn1", "SPNEGO").then(
        () => "begun",
        (error: Error) => error.message,
      );
    const both = Promise.all([begin(), begin()]);
    await jest.advanceTimersByTimeAsync(8_000);
    for (const told of await both)
      expect(told).toBe(
        `Kerberos, for HTTP@nn1 as sisyphus@EXAMPLE.ORG by the keytab ${keytab}: no answer of the KDC in 8 s; see security.kerberos`,
      );
    expect(begun).toBe(1);
    // It answers at last: the next call is made, and not those that have given up.
    const next = begin();
    answer();
    await jest.advanceTimersByTimeAsync(0);
    expect(begun).toBe(2);
    answer();
    expect(await next).toBe("begun");
  } finally {
    jest.useRealTimers();
  }
});

test("a KDC that answers the first question late has no time of its own for the second", async () => {
  jest.useFakeTimers();
  try {
    const step = () => new Promise(() => undefined);
    const slow = (() => ({
      initializeClient: () =>
        new Promise((done) => setTimeout(() => done({ step }), 5_000)),
    })) as unknown as typeof kerberosLibrary;
    jest.resetModules();
    const { Kerberos } = await import("../../../../clients/kerberos/kerberos");
    let told = "";
    void new Kerberos(WHO, slow)
      .begin("hive", "ms1", "Kerberos")
      .catch((error: Error) => (told = error.message));
    // Sooner than a metastore, Kafka or YARN count as silent.
    await jest.advanceTimersByTimeAsync(9_000);
    expect(told).toContain("for hive@ms1 as sisyphus@EXAMPLE.ORG");
    expect(told).toContain("no answer of the KDC in 8 s");
  } finally {
    jest.useRealTimers();
  }
});
