import { createServer, connect, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { proveOn } from "../../../../clients/hive/sasl-socket";
import type { Kerberos } from "../../../../clients/kerberos/kerberos";
import { encodeSaslMessage } from "../../../../formats/hive/sasl-message";

let server: Server;
let socket: Socket;
afterEach(() => {
  socket.destroy();
  server.close();
});

/** A proof of one round, behind which nothing is wrapped. */
const kerberos = () => {
  return {
    identity: "sisyphus@EXAMPLE.ORG",
    forgetTickets: () => undefined,
    begin: async () => ({
      isComplete: true,
      first: Buffer.from("request"),
      unwrap: async () => Buffer.from([1, 0, 0, 0]),
      wrap: async (message: Buffer) => message,
    }),
  } as unknown as Kerberos;
};

/** Proves to a metastore that answers each piece of what it gets so. */
async function proven(answers: (Buffer | "close")[]): Promise<void> {
  server = createServer((peer) => {
    peer.on("error", () => undefined);
    let got = 0;
    peer.on("data", (bytes) => {
      // The first message names the mechanism, and has no answer.
      if (bytes[0] === 1 && bytes.length === 11) return;
      const answer = answers[got++];
      if (answer === "close") peer.destroy();
      else if (answer) peer.write(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await new Promise<void>((done) => socket.once("connect", () => done()));
  socket.setNoDelay();
  return proveOn(socket, kerberos(), { service: "hive", host: "localhost" });
}

const message = (status: "ok" | "bad" | "complete", text: string) =>
  encodeSaslMessage({ status, body: Buffer.from(text) });

test("a proof that the metastore says is complete, in whatever pieces it says so", async () => {
  await proven([message("ok", "offer"), message("complete", "")]);
  expect(socket.listenerCount("data")).toBe(0);
});

test.each<[string, (Buffer | "close")[], string]>([
  [
    "does not believe it",
    [message("bad", "GSS initiate failed")],
    "it does not let in sisyphus@EXAMPLE.ORG: GSS initiate failed",
  ],
  [
    "never says that it is complete",
    [message("ok", "offer"), message("ok", "")],
    "it did not say that the proof is complete",
  ],
  [
    "closes the connection",
    ["close"],
    "it closed the connection while it was told who asks",
  ],
  [
    "knows no SASL",
    [Buffer.from("HTTP/1.1 400 Bad Request\r\n")],
    "no message of SASL",
  ],
])("a metastore that %s", async (_, answers, failure) => {
  await expect(proven(answers)).rejects.toThrow(failure);
});
