import { createConnection, type Socket } from "node:net";
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

const CLOSED = "it closed the connection before it answered";
const CONNECT_MS = 10_000;
/** How long nothing may come while an answer is waited for: the names of a table with many partitions take their time. */
const ANSWER_MS = 120_000;

/**
 * The Hive metastore, by Thrift. Each call makes a connection of its own: calls are few, and on a connection that the metastore has
 * dropped a call would hang. Every failure is a ServiceError.
 */
export class Hive {
  private readonly addresses: Addresses;

  /**
   * @param address `host:port`, or several of which any may be asked
   * @param prove proves who asks, on a connection to a host that was just made; without it nobody asks for that
   */
  constructor(
    private readonly address: AddressOrSeveral,
    private readonly prove?: (socket: Socket, host: string) => Promise<void>,
  ) {
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
    const connection = await this.connect(address);
    try {
      return await new Promise<T>((done, fail) => {
        connection.on("error", fail);
        // Nothing is changed there, so that any other metastore may be asked instead.
        connection.on("timeout", () => fail(new NotActive("timed out")));
        connection.on("close", () =>
          fail(
            new NotActive(
              this.prove
                ? CLOSED
                : `${CLOSED}, as one does that wants to know who asks: see security.metastore`,
            ),
          ),
        );
        act(
          thrift.createClient(
            Metastore as never,
            connection,
          ) as unknown as Client,
        ).then(done, fail);
      });
    } finally {
      // One that has not answered would never close it.
      connection.end();
      connection.destroy();
    }
  }

  private async connect(address: string): Promise<thrift.Connection> {
    const [host, port] = address.split(":");
    const options = {
      transport: thrift.TBufferedTransport,
      protocol: thrift.TBinaryProtocol,
      connect_timeout: CONNECT_MS,
      timeout: ANSWER_MS,
    };
    if (!this.prove)
      return thrift.createConnection(host!, Number(port), options);
    const socket = await connected(host!, Number(port));
    // It is told of to whoever waits for an answer.
    socket.setTimeout(CONNECT_MS, () =>
      socket.destroy(new NotActive(`no answer in ${CONNECT_MS / 1000} s`)),
    );
    try {
      await this.prove(socket, host!);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.removeAllListeners("timeout");
    socket.setTimeout(ANSWER_MS);
    const connection = new thrift.Connection(socket, {
      ...options,
      transport: boundedFrames((error) => socket.destroy(error)),
    });
    // It would wait for an event that has been.
    connection.connected = true;
    return connection;
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

/** More than the names of a table's partitions will ever take. */
const MAX_FRAME_BYTES = 1 << 30;

type Receiver = (data: Buffer) => void;
type Framed = typeof thrift.TFramedTransport & {
  receiver: (
    callback: unknown,
    sequence: unknown,
    maxBytes?: number,
  ) => Receiver;
};

/**
 * Messages with their length before them. Thrift's own transport has no limit unless it is given, loops for ever where a length is negative,
 * and throws where nobody catches it. @param fail ends the connection
 */
const boundedFrames = (fail: (error: Error) => void) =>
  class extends thrift.TFramedTransport {
    static override receiver(callback: never, sequence: never): Receiver {
      const receive = (thrift.TFramedTransport as Framed).receiver(
        callback,
        sequence,
        MAX_FRAME_BYTES,
      );
      return (data) => {
        try {
          receive(data);
        } catch (error) {
          fail(error as Error);
        }
      };
    }
  };

/** A connection on which nothing was sent yet. One that cannot be made lets another metastore be asked. */
function connected(host: string, port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = createConnection({ host, port, timeout: CONNECT_MS });
    const late = () =>
      socket.destroy(new NotActive(`no connection in ${CONNECT_MS / 1000} s`));
    socket.once("timeout", late);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      socket.off("timeout", late);
      done(socket);
    });
  });
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
