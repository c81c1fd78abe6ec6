import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { EventMysql } from "../../../clients/mysql";
import {
  type MysqlSettings,
  optionsOf,
} from "../../../clients/mysql-connection";
import { ServiceError } from "../../../clients/errors";
import { authority } from "../../support/certificates";
import { withFiles } from "../../support/files";

const { fileOf, pathOf } = withFiles();

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

const packet = (number: number, ...parts: (Buffer | string | number[])[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([
    Buffer.from([body.length, body.length >> 8, 0, number]),
    body,
  ]);
};
const CLIENT_SSL = 0x0800;
/** What a server says first; the flags tell what it can do. */
const greeting = (isTls: boolean) => {
  const flags = 0xf7ff | (isTls ? CLIENT_SSL : 0);
  return packet(
    0,
    [10],
    "8.0.0\0",
    [1, 0, 0, 0],
    "12345678\0",
    [flags & 0xff, flags >> 8, 33, 2, 0, 0x0f, 0, 21],
    Buffer.alloc(10),
    "123456789012\0",
    "mysql_native_password\0",
  );
};
const refusal = (errno: number, text: string) =>
  [[0xff, errno & 0xff, errno >> 8], `#28000${text}`] as const;
const OK = [[0, 0, 0, 2, 0, 0, 0]] as const;
const DONE = packet(1, [...OK[0]]);

/**
 * A server that gets as far as a client's name and password. @param answer to these
 * @returns its port, and what it was told in the end
 */
async function server(
  answer: readonly (string | readonly number[])[],
  tls?: { cert: string; key: string },
  onStatement = (socket: Socket): void => void socket.write(DONE),
): Promise<{ port: number; told: string[] }> {
  const told: string[] = [];
  const sockets = new Set<Socket>();
  const conclude = (socket: Socket, number: number) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes: Buffer) => {
      told.push(bytes.toString("latin1"));
      socket.write(packet(number, ...(answer as number[][])));
      // Each statement that follows is done.
      socket.on("data", () => onStatement(socket));
    });
  };
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write(greeting(tls !== undefined));
    if (!tls) return conclude(socket, 2);
    const REQUEST_BYTES = 36;
    socket.on("readable", function begin() {
      if (socket.read(REQUEST_BYTES) === null) return;
      socket.off("readable", begin);
      conclude(new TLSSocket(socket, { isServer: true, ...tls }), 3);
    });
  });
  await new Promise<void>((done) => tcp.listen(0, "127.0.0.1", done));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    tcp.close();
  });
  return { port: (tcp.address() as AddressInfo).port, told };
}

const client = (settings: Partial<MysqlSettings>, password?: string) => {
  const one = new EventMysql(
    { host: "127.0.0.1", port: 1, user: "otto", database: "log", ...settings },
    password,
  );
  cleanups.push(() => void one.close());
  return one;
};
const failureOf = (settings: Partial<MysqlSettings>) =>
  client(settings)
    .open()
    .then(
      () => Promise.reject(new Error("was let in")),
      (error: Error) => error,
    );
const DENIED = refusal(1045, "Access denied for user 'otto'@'here'");

describe("over TLS", () => {
  const ours = authority();

  test.each(["localhost", "127.0.0.1"])(
    "a server is known as %s by an authority of one's own",
    async (host) => {
      const { port, told } = await server(OK, ours.issue(host));
      const tls = { ca: fileOf("ca.pem", ours.ca) };
      await client({ host, port, tls }).open();
      expect(told.join()).toContain("otto");
    },
  );

  test.each([
    ["127.0.0.1", "localhost"],
    ["localhost", "127.0.0.1"],
  ])("asked as %s, a certificate for %s is not enough", async (host, other) => {
    const { port, told } = await server(OK, ours.issue(other));
    const tls = { ca: fileOf("ca.pem", ours.ca) };
    const failure = await failureOf({ host, port, tls });
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure.message).toContain(`MySQL at ${host}:${port}: `);
    expect(failure.message).toContain(
      "(asked as otto over TLS: see mysql.tls)",
    );
    expect(told).toEqual([]);
  });

  test("a server of another authority is told nothing, nor one without TLS, and errors name who asked and the field", async () => {
    const believed = await server(OK, ours.issue("127.0.0.1"));
    for (const tls of [true, { ca: fileOf("other.pem", authority().ca) }]) {
      const failure = await failureOf({ port: believed.port, tls });
      expect(failure.message).toMatch(
        /^MySQL at 127\.0\.0\.1:\d+: .*certificate.* \(asked as otto over TLS: see mysql\.tls\)$/,
      );
    }
    const plain = await server(OK);
    expect((await failureOf({ port: plain.port, tls: true })).message).toBe(
      `MySQL at 127.0.0.1:${plain.port}: Server does not support secure connection (asked as otto over TLS, and this server has none: see mysql.tls)`,
    );
    expect([...believed.told, ...plain.told]).toEqual([]);
  });

  test("a file that has no certificate, or is not there, is told by its field", async () => {
    const { port } = await server(OK, ours.issue("127.0.0.1"));
    const certificate = fileOf("odd.pem", "no certificate");
    const tls = { certificate, key: certificate };
    expect((await failureOf({ port, tls })).message).toContain("see mysql.tls");
    const ca = pathOf("none");
    expect((await failureOf({ port, tls: { ca } })).message).toContain(
      `mysql.tls.ca: ${ca} cannot be read (ENOENT)`,
    );
  });
});

test("a password that is not believed is told by the host, the user and the field, and never repeated", async () => {
  const { port } = await server(DENIED);
  const password = { file: fileOf("password", "s3cr3t") };
  const failure = await failureOf({ port, password });
  expect(failure.message).toBe(
    `MySQL at 127.0.0.1:${port}: Access denied for user 'otto'@'here' (asked as otto in plain: see mysql.user and mysql.password, and mysql.tls where that user has to come over TLS)`,
  );
  expect(`${failure.stack} ${String(failure.cause)}`).not.toContain("s3cr3t");
});

test("a password's file counts before the variable, and is read for each connection", () => {
  const settings = { host: "h", port: 1, user: "u", database: "log" };
  const password = { file: fileOf("password", "first\n") };
  const place = { host: "h", port: 1 };
  const sent = () =>
    optionsOf({ ...settings, password }, place, "the variable").password;
  expect(sent()).toBe("first");
  fileOf("password", "second\n");
  expect(sent()).toBe("second");
  expect(optionsOf(settings, place, "the variable").password).toBe(
    "the variable",
  );
});

test("of several replicas the first that answers is asked, and stays the one", async () => {
  const first = await server(OK);
  const second = await server(OK);
  const host = [
    "127.0.0.1:1",
    `127.0.0.1:${first.port}`,
    `127.0.0.1:${second.port}`,
  ];
  const one = client({ host });
  const opened = await one.open();
  expect(opened.replica).toBe(`127.0.0.1_${first.port}`);
  expect(opened.passedOver).toEqual([
    expect.stringMatching(/^MySQL at 127\.0\.0\.1:1: .*ECONNREFUSED/),
  ]);
  await one.open();
  expect([first.told.length, second.told.length]).toEqual([1, 0]);
});

test("a connection that breaks is an error, and no other replica is asked in its stead", async () => {
  const first = await server(OK);
  const second = await server(OK);
  const host = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
  const one = client({ host });
  await one.open();
  cleanups.splice(0, 1).forEach((endFirst) => endFirst());
  for (const _ of [1, 2])
    await expect(one.rowCount("Edit_17")).rejects.toThrow(
      `MySQL at 127.0.0.1:${first.port}: `,
    );
  expect(second.told).toEqual([]);
  expect((await client({ host }).open()).replica).toBe(
    `127.0.0.1_${second.port}`,
  );
});

test("a replica that refuses a password is told of, though another one would let us in", async () => {
  const first = await server(DENIED);
  const second = await server(OK);
  const host = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
  expect((await failureOf({ host })).message).toContain("Access denied");
  expect(second.told).toEqual([]);
});

test("a replica that takes nobody at the moment is passed over; where all are, each is named", async () => {
  const busy = await server(refusal(1040, "Too many connections"));
  const host = ["127.0.0.1:1", `127.0.0.1:${busy.port}`];
  expect((await failureOf({ host })).message).toMatch(
    /^MySQL at 127\.0\.0\.1:1, 127\.0\.0\.1:\d+: none of 2 answers: .*ECONNREFUSED.*; .*Too many connections/,
  );
});

test("a replica that lets us in and then says nothing is passed over", async () => {
  const second = await server(OK);
  // Time goes by once the statement has come, which is when nobody answers it.
  const silent = await server(OK, undefined, () =>
    jest.advanceTimersByTime(10_000),
  );
  const host = [`127.0.0.1:${silent.port}`, `127.0.0.1:${second.port}`];
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"] });
  try {
    const { replica, passedOver } = await client({ host }).open();
    expect(replica).toBe(`127.0.0.1_${second.port}`);
    expect(passedOver).toEqual([
      `MySQL at 127.0.0.1:${silent.port}: no answer in 10 s`,
    ]);
  } finally {
    jest.useRealTimers();
  }
});

/** A replica that lets us in, sets what is asked, and answers no other statement than by this. */
const replicaThatSays = (answer: (socket: Socket) => void) => {
  let statements = 0;
  return server(OK, undefined, (socket) =>
    ++statements === 1 ? void socket.write(DONE) : answer(socket),
  );
};
const error = (errno: number, text: string) =>
  packet(1, ...(refusal(errno, text) as unknown as number[][]));

test("a server that refuses to say who it is can be read all the same", async () => {
  const { port } = await replicaThatSays((socket) =>
    socket.write(error(1227, "Access denied; you need PROCESS")),
  );
  const opened = await client({ port }).open();
  expect(opened.replica).toBeUndefined();
});

test.each<[string, (socket: Socket) => void, string]>([
  ["shuts down", (socket) => socket.write(error(1053, "shutdown")), "shutdown"],
  ["breaks off", (socket) => socket.destroy(), "closed"],
])(
  "a replica that %s as it is asked who it is is passed over",
  async (_, answer, why) => {
    const first = await replicaThatSays(answer);
    const second = await server(OK);
    const host = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
    const { replica, passedOver } = await client({ host }).open();
    expect(replica).toBe(`127.0.0.1_${second.port}`);
    expect(passedOver.join()).toContain(why);
  },
);

test("a packet that breaks off, and that nobody asked for, ends no worker", async () => {
  let statements = 0;
  const { port } = await server(OK, undefined, (socket) => {
    const IN_OPENING = 2;
    const isLast = ++statements === IN_OPENING;
    socket.write(isLast ? Buffer.concat([DONE, packet(0, [0xff])]) : DONE);
  });
  const one = client({ port });
  await one.open();
  await expect(one.rowCount("Edit_17")).rejects.toThrow("MySQL at");
});
