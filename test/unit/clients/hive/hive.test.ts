import type { AddressInfo, Server } from "node:net";
import thrift from "thrift";
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
async function serve(): Promise<{ address: string; close: () => void }> {
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
    { transport: thrift.TBufferedTransport, protocol: thrift.TBinaryProtocol },
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
