import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { smtpReceiver } from "../../../../../activities/incidents/receivers/smtp";
import { ServiceError } from "../../../../../clients/errors";
import type { Alert } from "../../../../../domain/incidents/alert";

const alert: Alert = {
  id: "1",
  kind: "broken",
  cause: "outdated-job",
  level: "error",
  topics: ["a"],
  title: "a is broken: outdated-job",
  text: "a: 3 hours are not whole",
  at: "2018-07-05T06:00:00.000Z",
};

let server: SMTPServer;
afterEach(() => new Promise<void>((done) => server.close(done)));

/** Sends the alert to a server that replies so to every recipient. */
async function sendTo(reply?: { responseCode: number }): Promise<void> {
  server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onRcptTo: (_address, _session, done) =>
      done(reply && Object.assign(new Error("mailbox trouble"), reply)),
    onData(stream, _session, done) {
      stream.resume();
      stream.on("end", () => done());
    },
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const { port } = server.server.address() as AddressInfo;
  await smtpReceiver(
    {
      host: "127.0.0.1",
      port,
      secure: false,
      from: "sisyphus@example.org",
      to: ["nobody@example.org"],
    },
    undefined,
  )(alert);
}

test("a mail that the server takes is delivered", async () => {
  await expect(sendTo()).resolves.toBeUndefined();
});

test("a mail that the server refuses for good is undeliverable", async () => {
  await expect(sendTo({ responseCode: 550 })).rejects.toMatchObject({
    nonRetryable: true,
    type: "Undeliverable",
    message: expect.stringContaining("550 mailbox trouble"),
  });
});

test("a mail that the server refuses for now is tried again", async () => {
  await expect(sendTo({ responseCode: 450 })).rejects.toBeInstanceOf(
    ServiceError,
  );
});
