import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ServiceError } from "../../../../clients/errors";
import { Yarn } from "../../../../clients/yarn/yarn";

type Answer = { status: number; type?: string; body: string };

let server: Server;
let answer: Answer;
let yarn: Yarn;
let address: string;
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, {
      "content-type": answer.type ?? "application/json",
    });
    response.end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  yarn = new Yarn(address, "sisyphus");
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const json = (status: number, content: unknown): Answer => ({
  status,
  body: JSON.stringify(content),
});
const ID = "application_1530000000000_0001";
const exception = (name: string) => ({
  RemoteException: {
    exception: name,
    message: `java.lang.Exception: app with id: ${ID} not found`,
  },
});

test.each<[string, () => Promise<unknown>]>([
  ["one application", () => yarn.application(ID)],
  ["those of a tag", () => yarn.byTag("sisyphus")],
  ["those that run", () => yarn.running()],
  ["a kill", () => yarn.kill(ID)],
])(
  'a page of a gateway is an outage, never "no such application": %s',
  async (_, ask) => {
    for (const foreign of [
      { status: 200, type: "text/html", body: "<html>Please log in</html>" },
      { status: 404, type: "text/html", body: "<html>Not found</html>" },
      json(200, {}),
      json(200, null),
      json(200, { apps: { app: [{}] }, app: {} }),
      json(404, exception("NoSuchServiceException")),
    ]) {
      answer = foreign;
      const asked = ask();
      await expect(asked).rejects.toBeInstanceOf(ServiceError);
      await expect(asked).rejects.toThrow(
        `YARN ResourceManager at ${address}: `,
      );
    }
  },
);

test("YARN's own NotFoundException is an application that it does not know", async () => {
  answer = json(404, exception("NotFoundException"));
  expect(await yarn.application(ID)).toBeUndefined();
});

test("no application is null in Hadoop 2 and an empty object in Hadoop 3", async () => {
  for (const apps of [null, {}]) {
    answer = json(200, { apps });
    expect(await yarn.byTag("sisyphus")).toEqual([]);
  }
});

test("applications come with what is used of them, the first started first", async () => {
  const app = (id: string, startedTime: number) => ({
    id,
    name: "refine",
    state: "RUNNING",
    finalStatus: "UNDEFINED",
    startedTime,
    elapsedTime: 1,
    applicationTags: "sisyphus",
    logAggregationStatus: "NOT_START",
    diagnostics: "",
    user: "analytics",
  });
  const told = (id: string, startedTime: number) => ({
    ...app(id, startedTime),
    queue: "default",
    progress: 5,
  });
  answer = json(200, { apps: { app: [told("b", 2), told("a", 1)] } });
  expect(await yarn.byTag("sisyphus")).toEqual([app("a", 1), app("b", 2)]);
});

test("what the ResourceManager leaves out of an application is empty, and it has neither ended nor been tagged", async () => {
  answer = json(200, { app: { id: ID, state: "ACCEPTED" } });
  expect(await yarn.application(ID)).toEqual({
    id: ID,
    name: "",
    state: "ACCEPTED",
    finalStatus: "UNDEFINED",
    startedTime: 0,
    elapsedTime: 0,
    applicationTags: "",
    diagnostics: "",
    user: "",
  });
});

test("a kill that YARN takes is no error, whether it is done at once or later", async () => {
  for (const status of [200, 202]) {
    answer = json(status, { state: "ACCEPTED" });
    await expect(yarn.kill(ID)).resolves.toBeUndefined();
  }
});

test("an application with a time that has no end is no answer of YARN's", async () => {
  answer = {
    status: 200,
    body: `{"app":{"id":"${ID}","state":"FINISHED","startedTime":1e309}}`,
  };
  await expect(yarn.application(ID)).rejects.toBeInstanceOf(ServiceError);
});

test("nothing of an answer goes further than the fields that are known, such as a share of a queue that is endless", async () => {
  answer = {
    status: 200,
    body: `{"app":{"id":"${ID}","state":"FINISHED","queueUsagePercentage":1e400}}`,
  };
  expect(await yarn.application(ID)).not.toHaveProperty("queueUsagePercentage");
});

test.each([
  [{ allowed: true, user: "sisyphus", diagnostics: "" }, true],
  [{ RMQueueAclInfo: { allowed: "false" } }, false],
])("whether somebody may submit to a queue is read: %j", async (told, may) => {
  answer = json(200, told);
  expect(await yarn.maySubmit("root.a", "sisyphus")).toBe(may);
});

test("a queue of which YARN tells its administrators only is an error", async () => {
  answer = json(403, exception("ForbiddenException"));
  await expect(yarn.maySubmit("default", "sisyphus")).rejects.toThrow(
    /ForbiddenException/,
  );
});
