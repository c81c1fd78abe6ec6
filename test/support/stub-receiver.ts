import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Receivers of alerts on loopback, which end with each test. */
export function withStubReceivers() {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));
  /** Begins one. @param statusOf what it answers to a body @returns its origin, and the bodies that it got */
  return async <Body>(statusOf: (body: Body) => number) => {
    const got: Body[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString("utf8")));
      request.on("end", () => {
        const body = JSON.parse(text) as Body;
        got.push(body);
        // What a careless receiver may answer.
        response.writeHead(statusOf(body)).end(`${request.url} ${text}`);
      });
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    return { origin: `http://127.0.0.1:${port}`, got };
  };
}

export const failureOf = (delivery: Promise<void>): Promise<Error> =>
  delivery.then(
    () => Promise.reject(new Error("was delivered")),
    (error: Error) => error,
  );
