import { type AddressInfo, createServer, type Server } from "node:net";
import thrift from "thrift";
import { NotActive } from "../../../../clients/addresses";
import { Explained } from "../../../../clients/errors";
import { Hive } from "../../../../clients/hive/hive";
import Metastore from "../../../../clients/hive/metastore-thrift/ThriftHiveMetastore";

/** Generated code without types: the structs that the service answers with. */
const types = jest.requireActual<
  Record<"Partition" | "StorageDescriptor", new (fields: object) => object>
>("../../../../clients/hive/metastore-thrift/metastore_types");
const descriptor = (location?: string) =>
  new types.StorageDescriptor(location === undefined ? {} : { location });

/** A metastore's partitions: names as it writes them, with their values and locations. */
const PARTITIONS: Record<string, { values: string[]; location?: string }> = {
  "datacenter=a%3Ab/year=2018/month=07/day=05/hour=03": {
    values: ["a:b", "2018", "07", "05", "03"],
    location: "hdfs://x/edit/datacenter=a%3Ab/03",
  },
  "datacenter=c/year=2018/month=7/day=5/hour=3": {
    values: ["c", "2018", "7", "5", "3"],
    location: "viewfs://y/edit/c/3",
  },
  "datacenter=c/year=2018/month=7/day=5/hour=4": {
    values: ["c", "2018", "7", "5", "4"],
  },
};

/** A metastore that finds partitions by their exact names, as Hive's own does. */
async function serve(
  transport: never = thrift.TBufferedTransport as never,
): Promise<{ address: string; close: () => void }> {
  const server = thrift.createServer(
    Metastore as never,
    {
      get_partition_names: (...args: unknown[]) =>
        (args.at(-1) as (e: null, r: string[]) => void)(
          null,
          Object.keys(PARTITIONS),
        ),
      get_partitions_by_names: (
        _database: string,
        _table: string,
        names: string[],
        result: (error: null, found: object[]) => void,
      ) =>
        result(
          null,
          names.flatMap((name) => {
            const { values, location } = PARTITIONS[name] ?? {};
            return values
              ? [new types.Partition({ values, sd: descriptor(location) })]
              : [];
          }),
        ),
    },
    { transport, protocol: thrift.TBinaryProtocol },
  ) as unknown as Server;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, close: () => server.close() };
}

test("partitions are known by their hours, however their names write them, and asked for by their own names", async () => {
  const { address, close } = await serve();
  try {
    const hive = new Hive(address);
    expect([...(await hive.partitionHours("event", "edit"))].sort()).toEqual([
      "2018-07-05T03",
      "2018-07-05T04",
    ]);
    const found = await hive.locations("event", "edit", [
      "2018-07-05T03",
      "2018-07-05T04",
      "2018-07-05T05",
    ]);
    expect([...found]).toEqual([
      [
        "2018-07-05T03",
        ["hdfs://x/edit/datacenter=a%3Ab/03", "viewfs://y/edit/c/3"],
      ],
      ["2018-07-05T04", [""]],
    ]);
  } finally {
    close();
  }
});

test("where one metastore ends the proof of who asks, another is asked; behind the proof messages have their length", async () => {
  const framed = thrift.TFramedTransport as never;
  const [first, second] = [await serve(framed), await serve(framed)];
  const proved: number[] = [];
  const hive = new Hive([first.address, second.address], async (socket) => {
    proved.push(socket.remotePort!);
    if (proved.length === 1) throw new NotActive("it closed the connection");
  });
  try {
    expect(await hive.partitionHours("event", "edit")).toEqual(
      new Set(["2018-07-05T03", "2018-07-05T04"]),
    );
    // It is remembered which one answered.
    await hive.partitionHours("event", "edit");
    const ports = [first, second, second].map(({ address }) =>
      Number(address.split(":")[1]),
    );
    expect(proved).toEqual(ports);
  } finally {
    first.close();
    second.close();
  }
});

test("where no metastore lets one in, all are told, at once", async () => {
  const framed = thrift.TFramedTransport as never;
  const [first, second] = [await serve(framed), await serve(framed)];
  let asked = 0;
  const hive = new Hive([first.address, second.address], async () => {
    asked++;
    throw new Explained("it does not let in sisyphus");
  });
  try {
    await expect(hive.tables("event")).rejects.toThrow(
      "none is active: it does not let in sisyphus",
    );
    expect(asked).toBe(2);
  } finally {
    first.close();
    second.close();
  }
});

test("an answer whose length is none ends the call, and not the process", async () => {
  const server = createServer((peer) =>
    peer.once("data", () => peer.write(Buffer.from("fffffffc", "hex"))),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(
      new Hive(`127.0.0.1:${port}`, async () => undefined).tables("event"),
    ).rejects.toThrow("Frame size -4");
  } finally {
    server.close();
  }
});
