import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { smtpReceiver } from "../../../../../activities/incidents/receivers/smtp";
import { ServiceError } from "../../../../../clients/errors";
import type { Alert } from "../../../../../domain/incidents/alert";
import { authority } from "../../../../support/certificates";
import { withFiles } from "../../../../support/files";

const { fileOf } = withFiles();

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

type Settings = Parameters<typeof smtpReceiver>[0];

/** Sends the alert to a server. */
async function sendTo(
  options: SMTPServerOptions = {},
  settings: Partial<Settings> = {},
  password?: string,
  mailMs?: number,
): Promise<void> {
  server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    onData(stream, _session, done) {
      stream.resume();
      stream.on("end", () => done());
    },
    ...options,
  });
  server.on("error", () => undefined);
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
      ...settings,
    },
    password,
    mailMs,
  )(alert);
}

/** A server that replies so to every recipient. */
const replying = (responseCode: number): SMTPServerOptions => ({
  onRcptTo: (_address, _session, done) =>
    done(Object.assign(new Error("mailbox trouble"), { responseCode })),
});

test("a mail that the server takes is delivered", async () => {
  await expect(sendTo()).resolves.toBeUndefined();
});

test("a mail that the server refuses for good is undeliverable", async () => {
  await expect(sendTo(replying(550))).rejects.toMatchObject({
    nonRetryable: true,
    type: "Undeliverable",
    message: expect.stringContaining("550 mailbox trouble"),
  });
});

test("a mail that the server refuses for now is tried again", async () => {
  await expect(sendTo(replying(450))).rejects.toBeInstanceOf(ServiceError);
});

/** A server over TLS that lets in whoever has the password, and repeats a wrong one. */
function withPassword(right: string): SMTPServerOptions {
  return {
    ...ours.issue("127.0.0.1"),
    disabledCommands: [],
    onAuth: ({ password }, _session, done) =>
      password === right
        ? done(null, { user: "otto" })
        : done(
            Object.assign(new Error(`not by ${password}`), {
              responseCode: 535,
            }),
          ),
  };
}
const ours = authority();

test("a password's file counts before the variable, and the server is known by an authority of one's own", async () => {
  const tls = { ca: fileOf("ca.pem", ours.ca) };
  const password = { file: fileOf("password", "right\n") };
  const settings = { user: "otto", password, tls };
  await sendTo(withPassword("right"), settings, "of the variable");
});

test("the variable counts where no file is named", async () => {
  const tls = { ca: fileOf("ca.pem", ours.ca) };
  await sendTo(withPassword("right"), { user: "otto", tls }, "right");
});

test("a password that is not believed is told by its field, and not repeated", async () => {
  const tls = { ca: fileOf("ca.pem", ours.ca) };
  const password = { file: fileOf("password", "wr0ng") };
  const failure = await sendTo(withPassword("right"), {
    user: "otto",
    password,
    tls,
  }).catch((error: Error) => error);
  expect(failure).toMatchObject({ nonRetryable: true, type: "Undeliverable" });
  expect(failure!.message).toContain(
    "does not let in otto (535): see alerts.smtp.user and alerts.smtp.password",
  );
  expect(`${failure!.stack} ${String(failure!.cause)}`).not.toContain("wr0ng");
});

test("a server that is not believed, or has no TLS where an authority is named, gets no mail", async () => {
  const onData = jest.fn();
  const ca = fileOf("other.pem", authority().ca);
  await expect(
    sendTo({ ...withPassword("right"), onData }, { tls: { ca } }),
  ).rejects.toThrow("(see alerts.smtp.tls)");
  await new Promise<void>((done) => server.close(done));
  await expect(sendTo({ onData }, { tls: { ca } })).rejects.toThrow(
    "(see alerts.smtp.tls)",
  );
  expect(onData).not.toHaveBeenCalled();
});

test.each([
  ["as it is", (password: string) => password],
  ["in base64", (password: string) => base64(password)],
  [
    "as the line that asked",
    (password: string) => base64(`\0otto\0${password}`),
  ],
  ["in an address", (password: string) => encodeURIComponent(password)],
])(
  "a password that a server repeats %s in any answer is not told",
  async (_, form) => {
    const password = "it/is+s3cret of otto";
    const tls = { ca: fileOf("ca.pem", ours.ca) };
    for (const responseCode of [450, 550]) {
      const failure = await sendTo(
        {
          ...withPassword(password),
          onRcptTo: (_address, _session, done) =>
            done(
              Object.assign(
                new Error(`AUTH PLAIN ${form(password)} did not help`),
                { responseCode },
              ),
            ),
        },
        { user: "otto", tls },
        password,
      ).catch((error: Error) => error);
      expect(failure!.message).toContain(`${responseCode} AUTH PLAIN … did`);
      expect(inspect(failure)).not.toContain(form(password));
      await new Promise<void>((done) => server.close(done));
    }
  },
);

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a server that takes the connection and then says nothing is given up", async () => {
  const silent: SMTPServerOptions = { onMailFrom: () => undefined };
  await expect(sendTo(silent, {}, undefined, 100)).rejects.toThrow(
    "the mail was not taken in 0.1 s",
  );
});
