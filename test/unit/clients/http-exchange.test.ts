import { ClientRequest } from "node:http";
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  exchange,
  exchangeFollowing,
  exchangeInPieces,
} from "../../../clients/http-exchange";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A service on loopback. @returns its address, and the connections that were made to it */
async function service(answer: RequestListener) {
  const connections: Socket[] = [];
  const server = createServer(answer);
  server.on("connection", (socket) => connections.push(socket));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, connections };
}
const ask = (url: string, method = "GET") => ({
  method,
  url: new URL(url),
  timeoutMs: 10_000,
});

test("requests one after the other take one connection", async () => {
  const { address, connections } = await service((_, response) =>
    response.end("x"),
  );
  for (let i = 0; i < 5; i++) {
    const { status, body } = await exchange(ask(`${address}/a`));
    expect([status, body.toString()]).toEqual([200, "x"]);
  }
  expect(connections).toHaveLength(1);
});

test("a read is sent again where its kept connection was closed at that moment, a change is not", async () => {
  const { address, connections } = await service((request, response) => {
    const isKept = seen.has(request.socket);
    seen.add(request.socket);
    // As a service does that gave the connection up just before the request reached it.
    if (isKept) request.socket.resetAndDestroy();
    else response.end(request.method);
  });
  const seen = new Set<Socket>();
  await exchange(ask(address));
  expect((await exchange(ask(address))).body.toString()).toBe("GET");
  expect(connections).toHaveLength(2);
  await exchange(ask(address));
  await expect(exchange(ask(address, "DELETE"))).rejects.toMatchObject({
    code: "ECONNRESET",
  });
});

test("a read that is reset each time is asked again once, over a new connection", async () => {
  let resets = 0;
  const { address } = await service((request, response) => {
    if (request.url === "/kept") return void response.end("x");
    resets++;
    request.socket.resetAndDestroy();
  });
  // Many connections are kept.
  await Promise.all(
    Array.from({ length: 10 }, () => exchange(ask(`${address}/kept`))),
  );
  await expect(exchange(ask(`${address}/reset`))).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  expect(resets).toBe(2);
});

test("a read that has waited for a connection is asked again, too, where that was closed at that moment", async () => {
  const { address } = await service((request, response) => {
    const isKept = seen.has(request.socket);
    seen.add(request.socket);
    if (isKept) request.socket.resetAndDestroy();
    else setImmediate(() => response.end("x"));
  });
  const seen = new Set<Socket>();
  // More than there are connections for: the others wait.
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => exchange(ask(address))),
  );
  expect(answers.map(({ body }) => body.toString())).toEqual(
    Array(100).fill("x"),
  );
});

test("a connection that is kept collects nothing, however often it is used", async () => {
  const { address } = await service((_, response) => response.end("x"));
  const collected: number[] = [];
  const emit = jest.spyOn(ClientRequest.prototype, "emit");
  for (let i = 0; i < 3; i++) {
    await exchange(ask(address));
    for (const [name, socket] of emit.mock.calls as [string, Socket][])
      if (name === "socket") collected.push(socket.listenerCount("connect"));
    emit.mockClear();
  }
  emit.mockRestore();
  expect(collected.slice(1)).toEqual([0, 0]);
});

test("a new connection that breaks is the service's failure", async () => {
  let asked = 0;
  const { address } = await service((request) => {
    asked++;
    request.socket.resetAndDestroy();
  });
  await expect(exchange(ask(address))).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  expect(asked).toBe(1);
});

test("an answer that breaks off is none", async () => {
  const { address } = await service((request, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half of it", () => request.socket.destroy());
  });
  await expect(exchange(ask(address))).rejects.toThrow();
});

test("an answer that does not come in time is none", async () => {
  const { address } = await service((_, response) => {
    response.writeHead(200);
    response.write("and then nothing");
  });
  await expect(exchange({ ...ask(address), timeoutMs: 50 })).rejects.toThrow(
    "no answer in 0.05 s",
  );
});

test("a request goes where it is sent on to, with its method, and after a 303 as a read", async () => {
  const methods: string[] = [];
  const there = await service((request, response) => {
    methods.push(request.method!);
    response.end("there");
  });
  const { address } = await service((request, response) => {
    response.writeHead(Number(request.url!.slice(1)), {
      location: `${there.address}/b`,
    });
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const { url, body } = await exchangeFollowing(
      ask(`${address}/${status}`, "DELETE"),
      exchange,
    );
    expect([url.href, body.toString()]).toEqual([
      `${there.address}/b`,
      "there",
    ]);
  }
  expect(methods).toEqual(["DELETE", "DELETE", "GET", "DELETE", "DELETE"]);
});

test("who sends a request on for ever, or to nowhere, is not followed", async () => {
  const { address } = await service((request, response) => {
    response.writeHead(307, {
      ...(request.url === "/round" ? { location: "/round" } : {}),
      ...(request.url === "/away" ? { location: "ftp://127.0.0.1/" } : {}),
    });
    response.end();
  });
  await expect(
    exchangeFollowing(ask(`${address}/round`), exchange),
  ).rejects.toThrow("sent on more than 5 times");
  await expect(
    exchangeFollowing(ask(`${address}/away`), exchange),
  ).rejects.toThrow("no way to ftp:");
  expect((await exchangeFollowing(ask(`${address}/b`), exchange)).status).toBe(
    307,
  );
});

describe("an answer in pieces", () => {
  afterEach(() => jest.useRealTimers());

  /** A service that sends some bytes now, and whatever else a test wants later. */
  async function opened(
    begin: string | Buffer,
    go: (response: ServerResponse) => void,
    timeoutMs = 10_000,
  ) {
    const { address, connections } = await service((_, response) => {
      response.write(begin, () => go(response));
    });
    const { coming } = await exchangeInPieces({ ...ask(address), timeoutMs });
    return { ...coming!, connections };
  }

  async function whole(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
    const all: Buffer[] = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all);
  }

  test("has all bytes, whether they come together or one by one, and its connection is kept", async () => {
    const large = Buffer.alloc(5 << 20, "abcdefg");
    const { pieces, connections } = await opened(large, (response) => {
      response.write("h");
      setImmediate(() => response.end("i"));
    });
    const expected = Buffer.concat([large, Buffer.from("hi")]);
    expect((await whole(pieces)).equals(expected)).toBe(true);
    expect(connections[0]!.destroyed).toBe(false);
  });

  test("is an error where it breaks off, and where nothing more comes in time", async () => {
    const broken = await opened("begun", (response) => response.destroy());
    await expect(whole(broken.pieces)).rejects.toThrow();
    const stuck = await opened("begun", () => undefined, 50);
    await expect(whole(stuck.pieces)).rejects.toThrow("nothing more in 0.05 s");
  });

  test("that broke off before anybody has read of it is an error, too", async () => {
    const { pieces, connections } = await opened("begun", (response) =>
      response.destroy(),
    );
    const [connection] = connections;
    if (!connection!.destroyed)
      await new Promise((closed) => connection!.on("close", closed));
    await new Promise(setImmediate);
    await expect(whole(pieces)).rejects.toThrow("aborted");
  });

  test("may come slowly, as long as something comes", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"] });
    let response: ServerResponse | undefined;
    const { pieces } = await opened("0", (begun) => {
      response = begun;
    });
    const read = whole(pieces);
    for (let i = 0; i < 5; i++) {
      await new Promise<void>((sent) =>
        response!.write("1", () => {
          sent();
        }),
      );
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      jest.advanceTimersByTime(9000);
    }
    response!.end();
    expect((await read).toString()).toBe("011111");
  });

  test("is not too late where who reads it is slow", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate"] });
    const large = Buffer.alloc(5 << 20, "abcdefg");
    const { pieces } = await opened(large, (response) => response.end());
    const first = await pieces.next();
    jest.advanceTimersByTime(60_000);
    const rest = await whole(pieces);
    expect(first.value!.length + rest.length).toBe(large.length);
  });

  test("ends its connection where no more of it is wanted", async () => {
    const large = Buffer.alloc(5 << 20);
    for (const end of ["return", "drop"] as const) {
      const { pieces, drop, connections } = await opened(
        large,
        () => undefined,
      );
      const closed = new Promise((done) => connections[0]!.on("close", done));
      if (end === "drop") drop();
      else {
        await pieces.next();
        await pieces.return(undefined);
      }
      await closed;
    }
  });

  test("that is no good one is read whole", async () => {
    const { address } = await service((_, response) => {
      response.statusCode = 404;
      response.end("not here");
    });
    const { status, body, coming } = await exchangeInPieces(ask(address));
    expect([status, body.toString(), coming]).toEqual([
      404,
      "not here",
      undefined,
    ]);
  });
});
