import thrift from "thrift";
import { type Hour, hourOfPartition } from "../../lib/hour";
import { calling } from "../errors";
import { countRequest } from "../../lib/request-count";
import Metastore from "./metastore-thrift/ThriftHiveMetastore";

type Client = {
  get_partition_names: (
    db: string,
    table: string,
    max: number,
  ) => Promise<string[]>;
  get_all_tables: (db: string) => Promise<string[]>;
  get_partitions_by_names: (
    db: string,
    table: string,
    names: string[],
  ) => Promise<{ values: string[]; sd?: { location?: string } }[]>;
};

/** The Hive metastore, by Thrift. One connection a call: calls are few, and a stale one would hang. */
export class Hive {
  constructor(private readonly address: string) {}

  private call<T>(act: (client: Client) => Promise<T>): Promise<T> {
    const [host, port] = this.address.split(":");
    countRequest("Hive metastore");
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

  /** Where partitions (named `year=2018/month=7/day=5/hour=3`) lie; "" for one without a location. */
  locations(
    database: string,
    table: string,
    names: string[],
  ): Promise<Map<string, string>> {
    return this.call(async (client) => {
      const found = await client.get_partitions_by_names(
        database,
        table,
        names,
      );
      return new Map(
        found.map((p) => {
          const [year, month, day, hour] = p.values.slice(-4);
          return [
            `year=${year}/month=${month}/day=${day}/hour=${hour}`,
            p.sd?.location ?? "",
          ];
        }),
      );
    });
  }

  tables(database: string): Promise<string[]> {
    return this.call((client) => client.get_all_tables(database));
  }
}
