import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { OPEN_ACCESS } from "../../../../clients/hadoop-access";
import { ServiceError } from "../../../../clients/errors";
import { FileChanged, Hdfs } from "../../../../clients/hdfs/hdfs";
import { counting } from "../../../../lib/request-count";
import { FakeWebHdfs } from "./fake-webhdfs";

let fake: FakeWebHdfs;
beforeEach(() => {
  fake = new FakeWebHdfs();
});
afterEach(() => fake.stop());

const client = (webhdfs: string) =>
  new Hdfs({ webhdfs, user: "sisyphus", allowedPrefixes: ["/wmf"] });

test("behind a gateway reads and writes keep the gateway's base path", async () => {
  const hdfs = client(await fake.start("/gateway/default"));
  await hdfs.write("/wmf/a.json", "{}");
  await hdfs.replace("/wmf/a.json", '{"a":1}');
  await hdfs.mkdir("/wmf/dir");
  await hdfs.rename("/wmf/a.json", "/wmf/dir/b.json");
  expect(await hdfs.readText("/wmf/dir/b.json")).toBe('{"a":1}');
  expect(await hdfs.remove("/wmf/dir/b.json")).toBe(true);
  expect(await hdfs.remove("/wmf/dir/b.json")).toBe(false);
  for (const { path, query } of fake.nameNodeSaw) {
    expect(path).toMatch(/^\/gateway\/default\/webhdfs\/v1\/wmf\//);
    expect(query.get("user.name")).toBe("sisyphus");
  }
});

test("the bytes of a write go to the DataNode alone, however many there are", async () => {
  const hdfs = client(await fake.start());
  const data = randomBytes(24 << 20);
  await hdfs.write("/wmf/large", data);
  expect(fake.files.get("/wmf/large")!.equals(data)).toBe(true);
  expect(fake.nameNodeSaw).toMatchObject([{ method: "PUT", op: "CREATE" }]);
  expect(fake.nameNodeSaw[0]!.body).toHaveLength(0);
  expect(fake.nameNodeSaw[0]!.query.get("overwrite")).toBe("true");
  expect(fake.dataNodeSaw).toMatchObject([{ method: "PUT", op: "CREATE" }]);
  expect((await hdfs.read("/wmf/large"))!.equals(data)).toBe(true);
});

test("a range of a file is read, and an empty file is not an absent one", async () => {
  const hdfs = client(await fake.start());
  await hdfs.write("/wmf/a #?%+ß", "0123456789");
  await hdfs.write("/wmf/empty", "");
  expect((await hdfs.read("/wmf/a #?%+ß", 2, 3))!.toString()).toBe("234");
  expect(await hdfs.readText("/wmf/empty")).toBe("");
  expect(await (await hdfs.open("/wmf/a #?%+ß")).read(8, 5)).toEqual(
    Buffer.from("89"),
  );
});

test("what does not exist is absent, not an error", async () => {
  const hdfs = client(await fake.start());
  expect(await hdfs.list("/wmf/none")).toBeUndefined();
  expect(await hdfs.stat("/wmf/none")).toBeUndefined();
  expect(await hdfs.read("/wmf/none")).toBeUndefined();
  expect(await hdfs.claim("/wmf/none", "/wmf/b")).toBe(false);
  await expect(hdfs.open("/wmf/none")).rejects.toMatchObject({
    type: "BadFormat",
  });
});

test.each<[string, (hdfs: Hdfs) => Promise<unknown>]>([
  ["LISTSTATUS", (hdfs) => hdfs.list("/wmf/a")],
  ["CREATE", (hdfs) => hdfs.write("/wmf/a", "x")],
  ["MKDIRS", (hdfs) => hdfs.mkdir("/wmf/a")],
])(
  "a refused %s carries Hadoop's exception and the first line of its message",
  async (op, act) => {
    const address = await fake.start();
    fake.answerAlways = {
      status: 403,
      json: {
        RemoteException: {
          exception: "StandbyException",
          message: "Operation is not supported in state standby\n\tat org...",
        },
      },
    };
    const refused = act(client(address));
    await expect(refused).rejects.toBeInstanceOf(ServiceError);
    await expect(refused).rejects.toHaveProperty(
      "message",
      `HDFS at ${address}: ${op} /wmf/a: StandbyException: Operation is not supported in state standby`,
    );
  },
);

test("an answer that is not WebHDFS' is the service's failure, with the status where there is no reason", async () => {
  const address = await fake.start();
  const hdfs = client(address);
  fake.answerAlways = { status: 503, body: "{}" };
  await expect(hdfs.list("/wmf/a")).rejects.toThrow("LISTSTATUS /wmf/a: 503");
  fake.answerAlways = { status: 200, body: "<html>Please log in</html>" };
  await expect(hdfs.list("/wmf/a")).rejects.toBeInstanceOf(ServiceError);
  await expect(hdfs.write("/wmf/a", "x")).rejects.toThrow(
    "CREATE /wmf/a: 200 without a Location to write to",
  );
  fake.stop();
  await expect(hdfs.write("/wmf/a", "x")).rejects.toThrow(
    `HDFS at ${address}: `,
  );
});

const READS: [string, (hdfs: Hdfs) => Promise<unknown>][] = [
  ["LISTSTATUS", (hdfs) => hdfs.list("/wmf/a")],
  ["GETFILESTATUS", (hdfs) => hdfs.stat("/wmf/a")],
  ["GETCONTENTSUMMARY", (hdfs) => hdfs.summary("/wmf/a")],
  ["OPEN", (hdfs) => hdfs.read("/wmf/a")],
];
const CHANGES: [string, (hdfs: Hdfs) => Promise<unknown>][] = [
  ["MKDIRS", (hdfs) => hdfs.mkdir("/wmf/a")],
  ["DELETE", (hdfs) => hdfs.remove("/wmf/a")],
  ["RENAME", (hdfs) => hdfs.claim("/wmf/a", "/wmf/b")],
  ["CREATE", (hdfs) => hdfs.write("/wmf/a", "x")],
];
const HTML = { type: "text/html", body: "<html>Please log in</html>" };
const notFound = (exception: string) => ({
  status: 404,
  json: { RemoteException: { exception, message: null } },
});

test.each([...READS, ...CHANGES])(
  "a page of a gateway is an outage with its address, never absence or content: %s",
  async (_, act) => {
    const address = await fake.start();
    const foreign = [
      { status: 200, ...HTML },
      { status: 404, ...HTML },
      { status: 404, json: { error: "no such service" } },
      { status: 404, json: null },
      { status: 200, json: {} },
      { status: 200, json: null },
      notFound("NoSuchServiceException"),
    ];
    for (const answer of foreign) {
      fake.answerAlways = answer;
      const refused = act(client(address));
      await expect(refused).rejects.toBeInstanceOf(ServiceError);
      await expect(refused).rejects.toThrow(`HDFS at ${address}: `);
    }
  },
);

test.each(READS)(
  "HDFS' own FileNotFoundException alone is absence, with or without a message: %s",
  async (_, read) => {
    const address = await fake.start();
    fake.answerAlways = notFound("FileNotFoundException");
    expect(await read(client(address))).toBeUndefined();
    fake.answerAlways = { ...fake.answerAlways, status: 500 };
    await expect(read(client(address))).rejects.toThrow(
      /FileNotFoundException$/,
    );
  },
);

test("an exception without a message is told by its name", async () => {
  const address = await fake.start();
  fake.answerAlways = { ...notFound("RetriableException"), status: 500 };
  await expect(client(address).list("/wmf/a")).rejects.toThrow(
    `HDFS at ${address}: LISTSTATUS /wmf/a: RetriableException`,
  );
});

test("a listing without what a listing has is not taken for an empty one", async () => {
  const address = await fake.start();
  for (const FileStatuses of [{}, { FileStatus: [{ pathSuffix: "a" }] }]) {
    fake.answerAlways = { status: 200, json: { FileStatuses } };
    await expect(client(address).list("/wmf/a")).rejects.toBeInstanceOf(
      ServiceError,
    );
  }
});

test("a change that HDFS answers with false was not made", async () => {
  const hdfs = client(await fake.start());
  fake.answerAlways = { status: 200, json: { boolean: false } };
  await expect(hdfs.mkdir("/wmf/a")).rejects.toThrow("/wmf/a cannot be made");
  await expect(hdfs.remove("/wmf/a")).resolves.toBe(false);
  fake.answerAlways = undefined;
  fake.refuseRenames = true;
  await expect(hdfs.replace("/wmf/a", "x")).rejects.toThrow(
    "may not replace /wmf/a",
  );
  expect(await hdfs.claim("/wmf/a", "/wmf/b")).toBe(false);
});

test("a write is done when HDFS says that the file was created; nothing is sent to a login page", async () => {
  const address = await fake.start();
  fake.answerToWrites = { status: 200, ...HTML };
  await expect(client(address).write("/wmf/a", "x")).rejects.toThrow(
    "CREATE /wmf/a: 200",
  );
  fake.dataNodeSaw.length = 0;
  fake.answerAlways = { status: 302, location: `${address}/login` };
  await expect(client(address).write("/wmf/a", "x")).rejects.toBeInstanceOf(
    ServiceError,
  );
  expect(fake.nameNodeSaw.every(({ body }) => body.length === 0)).toBe(true);
});

test("a file that becomes shorter, or goes, while it is read is an error, not its end", async () => {
  const hdfs = client(await fake.start());
  await hdfs.write("/wmf/a", "0123456789");
  const file = await hdfs.open("/wmf/a");
  fake.files.set("/wmf/a", Buffer.from("01234"));
  await expect(file.read(2, 8)).rejects.toThrow(
    "/wmf/a has changed while it was read: 3 of 8 bytes at 2",
  );
  fake.files.delete("/wmf/a");
  await expect(file.read(0, 4)).rejects.toThrow("0 of 4 bytes");
});

describe("a file that is read in pieces", () => {
  const DATA = randomBytes(3 << 20);

  async function piecesOf(
    offset: number,
    length: number,
    change: () => void = () => undefined,
  ): Promise<Buffer> {
    const hdfs = client(await fake.start());
    fake.files.set("/wmf/log", DATA);
    const file = await hdfs.open("/wmf/log");
    change();
    const pieces: Buffer[] = [];
    for await (const piece of file.pieces!(offset, length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  test("is asked for once, whatever its size, and no further than its end", async () => {
    expect((await piecesOf(7, 4 << 20)).equals(DATA.subarray(7))).toBe(true);
    expect(fake.dataNodeSaw).toHaveLength(1);
  });

  test("is read on where it broke off, as long as anything comes", async () => {
    const read = await piecesOf(7, 2 << 20, () => {
      fake.breakOffAfter = [1 << 20, 5];
    });
    expect(read.equals(DATA.subarray(7, 7 + (2 << 20)))).toBe(true);
    const asked = fake.dataNodeSaw.map(({ query }) => [
      Number(query.get("offset")),
      Number(query.get("length")),
    ]);
    expect(asked).toHaveLength(3);
    // Each goes on where the bytes end that have come, and none asks for more than was asked for.
    expect(asked[0]).toEqual([7, 2 << 20]);
    for (const [offset, length] of asked)
      expect(offset! + length!).toBe(7 + (2 << 20));
  });

  test("is an error where it breaks off before anything comes", async () => {
    const reading = piecesOf(0, 100, () => {
      fake.breakOffAfter = [0, 0];
    });
    await expect(reading).rejects.toThrow(ServiceError);
    await expect(reading).rejects.toThrow(/HDFS at .*: OPEN \/wmf\/log: /);
  });

  test("is an error where it breaks off again and again after a few bytes", async () => {
    const reading = piecesOf(0, 1000, () => {
      fake.breakOffAfter = Array.from({ length: 100 }, () => 5);
    });
    await expect(reading).rejects.toThrow(ServiceError);
    await expect(reading).rejects.toThrow(/OPEN \/wmf\/log: aborted/);
    expect(fake.dataNodeSaw.length).toBeLessThan(10);
  });

  test("is an error where it breaks off and is another file by then, though of the same length", async () => {
    await expect(
      piecesOf(0, 1000, () => {
        fake.breakOffAfter = [500];
        fake.mtime++;
      }),
    ).rejects.toThrow(FileChanged);
    expect(fake.dataNodeSaw).toHaveLength(1);
  });

  test("is an error where more bytes come than were asked for", async () => {
    await expect(
      piecesOf(0, 1000, () => {
        fake.bytesAlways = DATA;
      }),
    ).rejects.toThrow("1000 bytes were asked for, and more came");
  });

  test("is an error, not at its end, where it has become shorter, is gone, or a login page is in its place", async () => {
    await expect(
      piecesOf(0, 100, () => fake.files.set("/wmf/log", Buffer.alloc(0))),
    ).rejects.toThrow(FileChanged);
    await expect(
      piecesOf(0, 100, () => fake.files.delete("/wmf/log")),
    ).rejects.toThrow(FileChanged);
    await expect(
      piecesOf(0, 100, () => {
        const body = "<html>";
        fake.answerAlways = { status: 200, body, type: "text/html" };
      }),
    ).rejects.toThrow("OPEN /wmf/log: 200 with no file's bytes (text/html)");
  });
});

test("a file is created once and moved to a free name once", async () => {
  const hdfs = client(await fake.start());
  expect(await hdfs.create("/wmf/once", "first")).toBe(true);
  expect(await hdfs.create("/wmf/once", "second")).toBe(false);
  expect(await hdfs.readText("/wmf/once")).toBe("first");
  expect([...fake.files.keys()]).toEqual(["/wmf/once"]);
  await hdfs.write("/wmf/other", "x");
  await expect(hdfs.rename("/wmf/other", "/wmf/once")).rejects.toMatchObject({
    type: "NotAllowed",
  });
  await expect(hdfs.rename("/wmf/none", "/wmf/free")).rejects.toThrow(
    "/wmf/none was not moved to /wmf/free",
  );
});

test("nothing is sent that would change what lies outside the allowed directories", async () => {
  const hdfs = client(await fake.start());
  for (const path of ["/user/a", "/wmfx/a", "/wmf/../user/a"]) {
    await expect(hdfs.write(path, "x")).rejects.toMatchObject({
      type: "NotAllowed",
    });
    await expect(hdfs.remove(path)).rejects.toMatchObject({
      type: "NotAllowed",
    });
    await expect(hdfs.rename("/wmf/a", path)).rejects.toMatchObject({
      type: "NotAllowed",
    });
  }
  expect(fake.nameNodeSaw).toEqual([]);
});

test("a read counts as two requests, for the NameNode and the DataNode, a listing as one", async () => {
  const hdfs = client(await fake.start());
  await hdfs.write("/wmf/a", "x");
  const { requests } = await counting(async () => {
    await hdfs.read("/wmf/a");
    await hdfs.list("/wmf");
  });
  expect(requests).toEqual({ HDFS: 3 });
});

test("a status that no answer to a write has is the service's failure, and ends nobody's process", async () => {
  const hdfs = client(await fake.start());
  fake.answerToWrites = { status: 600 };
  await expect(hdfs.write("/wmf/a", "{}")).rejects.toBeInstanceOf(ServiceError);
});

test("who is proven by Kerberos is not named", async () => {
  const webhdfs = await fake.start();
  const hdfs = new Hdfs(
    { webhdfs, user: "sisyphus", allowedPrefixes: ["/wmf"] },
    { ...OPEN_ACCESS, byKerberos: true },
  );
  await hdfs.write("/wmf/a.json", "{}");
  await hdfs.readText("/wmf/a.json");
  await hdfs.remove("/wmf/a.json");
  const names = fake.nameNodeSaw.map(({ query }) => query.get("user.name"));
  expect(names).toEqual([null, null, null]);
});

test("the token by which a NameNode lets a DataNode be asked is in no message", async () => {
  const hdfs = client(await fake.start());
  for (const location of [
    "http://127.0.0.1:1/webhdfs/v1/a?op=OPEN&delegation=SECRET",
    `http://127.0.0.1:1/${"x".repeat(9000)}?delegation=SECRET`,
    "gopher://nowhere/?delegation=SECRET",
  ]) {
    fake.answerAlways = { status: 307, location };
    for (const act of [
      () => hdfs.readText("/wmf/a"),
      () => hdfs.write("/wmf/a", "{}"),
    ]) {
      const error = await act().then(
        () => undefined,
        (failure: Error) => failure,
      );
      expect(error).toBeInstanceOf(ServiceError);
      expect(inspect(error, { depth: 9 })).not.toContain("SECRET");
    }
  }
  // A DataNode may repeat its own address.
  const message = "Invalid uri http://dn/a?op=OPEN&delegation=SECRET&x=1";
  fake.answerAlways = {
    status: 400,
    json: { RemoteException: { exception: "IllegalArgument", message } },
  };
  await expect(hdfs.readText("/wmf/a")).rejects.toThrow(
    "IllegalArgument: Invalid uri http://dn/a?op=OPEN&delegation=…&x=1",
  );
});

test("what may be done with a folder is asked about, and a refusal says so", async () => {
  const hdfs = client(await fake.start());
  fake.answerAlways = { status: 200, body: "" };
  expect(await hdfs.mayDo("/wmf/data", "-wx")).toBe(true);
  expect(fake.nameNodeSaw).toMatchObject([
    { method: "GET", op: "CHECKACCESS" },
  ]);
  expect(fake.nameNodeSaw[0]!.query.get("fsaction")).toBe("-wx");
  const exception = (name: string) => ({
    RemoteException: { exception: name, message: "Permission denied" },
  });
  fake.answerAlways = {
    status: 404,
    json: exception("FileNotFoundException"),
  };
  expect(await hdfs.mayDo("/wmf/none", "-wx")).toBe(false);
  fake.answerAlways = {
    status: 403,
    json: exception("AccessControlException"),
  };
  await expect(hdfs.mayDo("/wmf/data", "-wx")).rejects.toThrow(
    /AccessControlException: Permission denied/,
  );
  fake.answerAlways = { status: 200, type: "text/html", body: "<html>" };
  await expect(hdfs.mayDo("/wmf/data", "-wx")).rejects.toThrow(ServiceError);
});
