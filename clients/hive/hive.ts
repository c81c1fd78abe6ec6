import thrift from "thrift";
import { partitionValues } from "../../formats/hive/partition-values";
import { type Hour, hourOfPartition } from "../../lib/hour";
import {
  Addresses,
  type AddressOrSeveral,
  addressText,
  NotActive,
} from "../addresses";
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
  ) => Promise<
    { values: string[]; sd?: { location?: string | null } | null }[]
  >;
};

/** How long nothing may come while an answer is waited for: the names of a table with many partitions take their time. */
const ANSWER_MS = 120_000;

/**
 * The Hive metastore, by Thrift. Each call makes a connection of its own: calls are few, and on a connection that the metastore has
 * dropped a call would hang. Every failure is a ServiceError.
 */
export class Hive {
  private readonly addresses: Addresses;

  /** @param address `host:port`, or several of which any may be asked */
  constructor(private readonly address: AddressOrSeveral) {
    this.addresses = new Addresses(address);
  }

  private call<T>(act: (client: Client) => Promise<T>): Promise<T> {
    countRequest("Hive metastore");
    const ask = () =>
      this.addresses.ask((address) => this.callAt(address, act));
    return calling("Hive metastore", addressText(this.address), ask);
  }

  private async callAt<T>(
    address: string,
    act: (client: Client) => Promise<T>,
  ): Promise<T> {
    const [host, port] = address.split(":");
    const connection = thrift.createConnection(host!, Number(port), {
      transport: thrift.TBufferedTransport,
      protocol: thrift.TBinaryProtocol,
      connect_timeout: 10_000,
      timeout: ANSWER_MS,
    });
    try {
      return await new Promise<T>((done, fail) => {
        connection.on("error", fail);
        // Nothing is changed there, so that any other metastore may be asked instead.
        connection.on("timeout", () => fail(new NotActive("timed out")));
        connection.on("close", () =>
          fail(new NotActive("it closed the connection before it answered")),
        );
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
  }

  /** The hours for which a table has a partition, whichever way its name writes them; none where the table does not exist. */
  partitionHours(database: string, table: string): Promise<Set<Hour>> {
    return this.call(async (client) => {
      const names = await partitionNames(client, database, table);
      return new Set(names.flatMap((name) => hourOfPartition(name) ?? []));
    });
  }

  /**
   * The locations of a table's partitions as the metastore has them, by hour; "" for a partition without one. An hour may have several
   * partitions, with names that differ in zeros or in what else the table is partitioned by. Hours without any are left out.
   */
  locations(
    database: string,
    table: string,
    hours: Hour[],
  ): Promise<Map<Hour, string[]>> {
    const wanted = new Set(hours);
    return this.call(async (client) => {
      // The metastore finds partitions by their names as they were written: so it is asked by those, and not by names of ours.
      const hourOf = new Map<string, Hour>();
      const names: string[] = [];
      for (const name of await partitionNames(client, database, table)) {
        const hour = hourOfPartition(name);
        if (hour === undefined || !wanted.has(hour)) continue;
        names.push(name);
        hourOf.set(keyOf(partitionValues(name)), hour);
      }
      const found = new Map<Hour, string[]>();
      if (names.length === 0) return found;
      for (const { values, sd } of await client.get_partitions_by_names(
        database,
        table,
        names,
      )) {
        const hour = hourOf.get(keyOf(values));
        if (hour === undefined) continue;
        const location = sd?.location ?? "";
        found.set(hour, [...(found.get(hour) ?? []), location]);
      }
      return found;
    });
  }

  /** The names of a database's tables. */
  tables(database: string): Promise<string[]> {
    return this.call((client) => client.get_all_tables(database));
  }
}

const keyOf = (values: string[]): string => JSON.stringify(values);

/** The names of a table's partitions as the metastore writes them; none where the table does not exist. */
async function partitionNames(
  client: Client,
  database: string,
  table: string,
): Promise<string[]> {
  try {
    return await client.get_partition_names(database, table, -1);
  } catch (error) {
    if ((error as Error).name === "NoSuchObjectException") return [];
    // Some metastores fail on a table, or a database, that does not exist. Only where the table does is that a failure.
    const tables: string[] = await client
      .get_all_tables(database)
      .catch(() => []);
    if (!tables.includes(table)) return [];
    throw error;
  }
}
