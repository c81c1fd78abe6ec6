import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NoConnector } from "../../../../clients/connect/connect";
import { ServiceError } from "../../../../clients/errors";
import { FakeConnect } from "./fake-connect";

let fake: FakeConnect;
beforeEach(async () => {
  fake = await FakeConnect.start();
});
afterEach(() => fake.stop());

test("offsets are exact however large they are, and go back so", async () => {
  fake.offsets = { "t/0": "9223372036854775807", "a.b/11": "0" };
  const read = await fake.client().offsets();
  expect(read).toEqual([
    { topic: "t", partition: 0, offset: "9223372036854775807" },
    { topic: "a.b", partition: 11, offset: "0" },
  ]);
  fake.state = "STOPPED";
  fake.offsets = {};
  await fake.client().alterOffsets(read!);
  expect(await fake.client().offsets()).toEqual(read);
});

test("a connector's states are told, and of a failed task no message, which may quote a record", async () => {
  fake.failed = {
    1: 'org.apache.kafka.connect.errors.ConnectException: Tolerance exceeded: {"secret": 1}\n\tat org.apache.kafka.connect.runtime.Worker.run(Worker.java:1)\nCaused by: java.io.IOException: hunter2\n\tat io.confluent.connect.hdfs.DataWriter.write(DataWriter.java:5)\n\t... 9 more\n',
  };
  expect(await fake.client().status()).toEqual({
    isSink: true,
    connector: { state: "RUNNING" },
    tasks: [
      { id: 0, state: "RUNNING" },
      {
        id: 1,
        state: "FAILED",
        why: "org.apache.kafka.connect.errors.ConnectException, by java.io.IOException, at io.confluent.connect.hdfs.DataWriter.write",
      },
    ],
  });
});

test("of a configuration no more is read than is used", async () => {
  fake.config["consumer.override.auto.offset.reset"] = "none";
  expect(await fake.client().sinkSettings()).toEqual({
    class: "io.confluent.connect.hdfs.HdfsSinkConnector",
    offsetReset: "none",
  });
});

test("a worker that starts or rebalances is asked again, changes as well", async () => {
  fake.starting = 3;
  expect(await fake.client().connectors()).toEqual(["sink"]);
  fake.rebalancing = 2;
  await fake.client().stop();
  expect(fake.state).toBe("STOPPED");
  expect(fake.pauses).toEqual([500, 500, 500, 500, 500]);
});

test("one that does not become ready is an outage, and no connector that was deleted", async () => {
  fake.starting = 1000;
  const asked = fake.client().status();
  await expect(asked).rejects.toBeInstanceOf(ServiceError);
  await expect(asked).rejects.toThrow(
    "404 with an answer that is not Connect's (text/html): it is starting, or not at this address",
  );
  expect(fake.pauses.length).toBe(60);
});

test("a connector that was deleted is not there, and changing it is an error that says so", async () => {
  fake.isThere = false;
  const client = fake.client();
  expect(await client.status()).toBeUndefined();
  expect(await client.offsets()).toBeUndefined();
  expect(await client.sinkSettings()).toBeUndefined();
  const stopped = client.stop();
  await expect(stopped).rejects.toBeInstanceOf(NoConnector);
  await expect(stopped).rejects.toThrow("there is no connector sink");
});

test("a Connect that does not know of offsets is no connector that was deleted", async () => {
  fake.instead = (what) =>
    what.endsWith("/offsets")
      ? {
          status: 404,
          body: '{"error_code":404,"message":"HTTP 404 Not Found"}',
        }
      : undefined;
  await expect(fake.client().offsets()).rejects.toThrow("before 3.6");
});

test("a refusal is told with Connect's own words, and any other answer without its text", async () => {
  await expect(
    fake.client().alterOffsets([{ topic: "t", partition: 0, offset: "1" }]),
  ).rejects.toThrow(
    "PATCH /connectors/sink/offsets: 400: Connectors must be in the STOPPED state",
  );
  for (const [status, body] of [
    [502, "<html>hunter2</html>"],
    [200, "<html>hunter2</html>"],
    [200, '{"offsets":[{"hunter2":1}]}'],
    [302, "hunter2"],
  ] as const) {
    fake.instead = () => ({ status, body });
    const asked = fake.client().offsets();
    await expect(asked).rejects.toBeInstanceOf(ServiceError);
    await expect(asked).rejects.not.toThrow("hunter2");
  }
});

describe("with secrets", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "connect-"));
    writeFileSync(join(folder, "password"), "hunter2\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("who asks is proven as the configuration says", async () => {
    const file = { file: join(folder, "password") };
    await fake.client({ basic: { user: "me", password: file } }).status();
    await fake.client({ bearer: file }).status();
    await fake.client({ kerberos: true }).status();
    await fake.client({ secretHeaders: { "X-Key": file } }).status();
    expect(fake.headers.map((h) => h.authorization ?? h["x-key"])).toEqual([
      "Basic bWU6aHVudGVyMg==",
      "Bearer hunter2",
      "Negotiate token",
      "hunter2",
    ]);
  });

  test("who is not let in is told which field to look at, and no answer repeats a secret into an error", async () => {
    const client = fake.client({
      basic: { user: "me", password: { file: join(folder, "password") } },
    });
    fake.instead = () => ({ status: 401, body: "hunter2" });
    await expect(client.status()).rejects.toThrow(
      "401 (see importer.connect.basic)",
    );
    for (const said of ["hunter2", "bWU6aHVudGVyMg==", "Basic%20hunter2"]) {
      fake.instead = () => ({
        status: 500,
        body: JSON.stringify({ error_code: 500, message: `bad ${said}` }),
      });
      await expect(client.status()).rejects.toThrow("500: bad");
      await expect(client.status()).rejects.not.toThrow(said);
    }
  });
});
