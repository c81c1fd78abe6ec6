import { Hdfs } from "../../../../clients/hdfs/hdfs";
import { FakeWebHdfs } from "./fake-webhdfs";

/** What a NameNode of Hadoop 3.4 answers that is not active, and one in the middle of a fail-over that is asked with a token. */
const STANDBY = {
  status: 403,
  json: {
    RemoteException: {
      exception: "StandbyException",
      message:
        "Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error",
    },
  },
};
const IN_BETWEEN = {
  status: 403,
  json: {
    RemoteException: {
      exception: "SecurityException",
      message:
        "Failed to obtain user group information: org.apache.hadoop.ipc.RetriableException: NameNode still not started",
    },
  },
};

let nameNodes: [FakeWebHdfs, FakeWebHdfs];
let hdfs: Hdfs;
beforeEach(async () => {
  nameNodes = [new FakeWebHdfs(), new FakeWebHdfs()];
  hdfs = new Hdfs({
    webhdfs: [await nameNodes[0].start(), await nameNodes[1].start()],
    user: "sisyphus",
    allowedPrefixes: ["/wmf"],
  });
});
afterEach(() => nameNodes.forEach((each) => each.stop()));

test.each([
  ["a standby", STANDBY],
  ["one that becomes active", IN_BETWEEN],
])(
  "%s does nothing, and reads and changes are made at the active one",
  async (_, answer) => {
    nameNodes[0].answerAlways = answer;
    await hdfs.write("/wmf/file", "text");
    expect(await hdfs.readText("/wmf/file")).toBe("text");
    expect(await hdfs.remove("/wmf/file")).toBe(true);
    // Besides its state, which it does not tell.
    expect(nameNodes[0].nameNodeSaw.filter(({ op }) => op)).toHaveLength(1);
    expect(nameNodes[0].dataNodeSaw).toHaveLength(0);
  },
);

test("a NameNode that is gone is passed over, and browsers are sent to the other one", async () => {
  nameNodes[0].stop();
  nameNodes[1].files.set("/wmf/file", Buffer.from("text"));
  expect(await hdfs.readText("/wmf/file")).toBe("text");
  const { host } = new URL(hdfs.link("/wmf/file"));
  await hdfs.list("/wmf");
  expect(new URL(hdfs.link("/wmf/file")).host).toBe(host);
});

test("a fail-over in the middle of a write has the whole file written once more, at the other one", async () => {
  nameNodes[0].answerToWrites = STANDBY;
  await hdfs.write("/wmf/file", "text");
  expect(nameNodes[1].files.get("/wmf/file")!.toString()).toBe("text");
});

test("an observer, which answers reads that may be behind, is not asked", async () => {
  nameNodes[0].state = "observer";
  nameNodes[1].state = "active";
  nameNodes[1].files.set("/wmf/file", Buffer.from("text"));
  expect(await hdfs.readText("/wmf/file")).toBe("text");
  // Once it was confirmed, it is not asked for its state any more.
  nameNodes[1].state = "observer";
  expect(await hdfs.readText("/wmf/file")).toBe("text");
});

test("a denial is no standby's: it is passed on, and nobody else is asked", async () => {
  nameNodes[0].answerAlways = {
    status: 403,
    json: {
      RemoteException: {
        exception: "AccessControlException",
        message: "Permission denied: user=sisyphus",
      },
    },
  };
  await expect(hdfs.list("/wmf")).rejects.toThrow("Permission denied");
  expect(nameNodes[1].nameNodeSaw).toHaveLength(0);
});

describe.each([502, 503, 504])("a gateway that answers %i", (status) => {
  const answer = { status, json: "<html>no backend</html>" };

  test("with a page has the other address asked for a read; a change is not made twice", async () => {
    nameNodes[0].answerAlways = answer;
    nameNodes[1].files.set("/wmf/file", Buffer.from("text"));
    await expect(hdfs.remove("/wmf/file")).rejects.toThrow(String(status));
    expect(await hdfs.readText("/wmf/file")).toBe("text");
    expect(await hdfs.list("/wmf")).toHaveLength(1);
  });

  test("as it is asked for its state is passed over, by a change that comes first too", async () => {
    nameNodes[0].answerToState = answer;
    nameNodes[0].answerAlways = answer;
    await hdfs.write("/wmf/file", "text");
    expect(nameNodes[1].files.get("/wmf/file")!.toString()).toBe("text");
    expect(nameNodes[0].nameNodeSaw.filter(({ op }) => op)).toEqual([]);
  });
});
