import thrift from "thrift";
import { type Hour, hourOfPartition } from "../domain/hour";
import { calling } from "./errors";
import Metastore from "./metastore-thrift/ThriftHiveMetastore";

type Client = {
  get_partition_names: (
    db: string,
    table: string,
    max: number,
  ) => Promise<string[]>;
  get_all_tables: (db: string) => Promise<string[]>;
};

/** The Hive metastore, by Thrift. One connection a call: calls are few, and a stale one would hang. */
export class Hive {
  constructor(private readonly address: string) {}

  private call<T>(act: (client: Client) => Promise<T>): Promise<T> {
    const [host, port] = this.address.split(":");
    return calling("Hive metastore", this.address, async () => {
      const connection = thrift.createConnection(host!, Number(port), {
        transport: thrift.TBufferedTransport,
        protocol: thrift.TBinaryProtocol,
        connect_timeout: 10_000,
      });
      try {
        return await new Promise<T>((done, fail) => {
          connection.on("error", fail);
          connection.on("timeout", () => fail(new Error("timed out")));
          act(
            thrift.createClient(
              Metastore as never,
              connection,
            ) as unknown as Client,
          ).then(done, fail);
        });
      } finally {
        connection.end();
      }
    });
  }

  /** The hours a table has partitions for; empty where the table does not exist. */
  async partitionHours(database: string, table: string): Promise<Set<Hour>> {
    return this.call(async (client) => {
      try {
        const names = await client.get_partition_names(database, table, -1);
        return new Set(names.flatMap((name) => hourOfPartition(name) ?? []));
      } catch (error) {
        if ((error as Error).name === "NoSuchObjectException")
          return new Set<Hour>();
        // Hive 2 answers an unknown table with an empty list only if the database exists.
        if (
          !(await client.get_all_tables(database).catch(() => [])).includes(
            table as never,
          )
        )
          return new Set<Hour>();
        throw error;
      }
    });
  }

  tables(database: string): Promise<string[]> {
    return this.call((client) => client.get_all_tables(database));
  }
}
