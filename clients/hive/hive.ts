import thrift from "thrift";
import { type Hour, hourOfPartition } from "../../lib/hour";
import { calling } from "../errors";
import { countRequest } from "../../lib/request-count";
import Metastore from "./metastore-thrift/ThriftHiveMetastore";

/** The calls of the metastore that are used; metastore.thrift declares them. */
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

/**
 * The Hive metastore, by Thrift. Each call makes a connection of its own: calls are few, and on a connection that the metastore has
 * dropped a call would hang. Every failure is a ServiceError.
 */
export class Hive {
  /** @param address `host:port` */
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

  /** The hours for which a table has a partition; none where the table does not exist. */
  async partitionHours(database: string, table: string): Promise<Set<Hour>> {
    return this.call(async (client) => {
      try {
        const names = await client.get_partition_names(database, table, -1);
        return new Set(names.flatMap((name) => hourOfPartition(name) ?? []));
      } catch (error) {
        if ((error as Error).name === "NoSuchObjectException")
          return new Set<Hour>();
        // Some metastores fail on a table, or a database, that does not exist. Only where the table does is that a failure.
        const tables: string[] = await client
          .get_all_tables(database)
          .catch(() => []);
        if (!tables.includes(table)) return new Set<Hour>();
        throw error;
      }
    });
  }

  /**
   * The locations of a table's partitions, as HDFS addresses, by name (`year=2018/month=7/day=5/hour=3`); "" for a partition without
   * one. Partitions that do not exist are left out.
   */
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
        found.map(({ values, sd }) => {
          // Tables may be partitioned by something else first, such as the data centre.
          const [year, month, day, hour] = values.slice(-4);
          return [
            `year=${year}/month=${month}/day=${day}/hour=${hour}`,
            sd?.location ?? "",
          ];
        }),
      );
    });
  }

  /** The names of a database's tables. */
  tables(database: string): Promise<string[]> {
    return this.call((client) => client.get_all_tables(database));
  }
}
