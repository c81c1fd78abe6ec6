import { type Admin, Kafka as KafkaJs, logLevel } from "kafkajs";
import { calling } from "../errors";
import { Kerberos } from "../kerberos/kerberos";
import { adviceOn, kafkaAccess, type KafkaSecurity } from "./access";
import { registerCodecs } from "./codecs";
import { tellWholeLogs } from "./raw-requests";

/**
 * After this many topics a connection is replaced: kafkajs asks for the metadata of every topic that a connection was ever asked
 * about again with each refresh, so that a long-lived one would ask for thousands.
 */
const MAX_TOPICS = 40;

/** One connection for admin calls. A retired one gets no new calls and is closed after its last. */
type AdminConnection = {
  admin: Promise<Admin>;
  topics: Set<string>;
  callsUnderWay: number;
  isRetired: boolean;
  closing?: Promise<void>;
};

async function closeWhenIdle(connection: AdminConnection): Promise<void> {
  if (!connection.isRetired || connection.callsUnderWay > 0) return;
  connection.closing ??= connection.admin
    .then((admin) => admin.disconnect())
    .catch(() => undefined);
  await connection.closing;
}

/** What kafkajs says of errors that another attempt cannot mend: the broker answered, so the connection is sound. */
const isRefusal = (error: unknown) =>
  (error as { retriable?: boolean }).retriable === false;

registerCodecs();

/** A way to one Kafka cluster: kafkajs itself, and a connection for admin calls that is renewed now and then. */
export class KafkaConnection {
  readonly js: KafkaJs;
  private current: AdminConnection | undefined;
  private hasWorked = false;

  /**
   * @param security how the brokers want to be reached; without it they are asked in plain
   * @param kerberos who Sisyphus is, where they ask for that by Kerberos
   */
  constructor(
    readonly brokers: string[],
    private readonly security: KafkaSecurity = {},
    kerberos = new Kerberos(),
  ) {
    this.js = new KafkaJs({
      clientId: "sisyphus",
      brokers,
      // A second, which is kafkajs' own, is little for a handshake of TLS.
      connectionTimeout: 10_000,
      ...kafkaAccess(security, kerberos),
      logLevel: logLevel.NOTHING,
      retry: { retries: 4 },
    });
    tellWholeLogs(this.js);
  }

  /** Makes a call to the brokers. @throws ServiceError that names them, and what can be done where that is known */
  calling<T>(call: () => Promise<T>): Promise<T> {
    return calling(
      "Kafka",
      this.brokers.join(","),
      async () => {
        const result = await call();
        this.hasWorked = true;
        return result;
      },
      (error) => adviceOn(error, this.security, this.hasWorked),
    );
  }

  /**
   * Makes an admin call, over a connection that is made when it is first needed.
   * @param topic the topic that the call is about, where it is about one
   * @throws ServiceError that names the brokers, where the call fails
   */
  withAdmin<T>(call: (admin: Admin) => Promise<T>, topic?: string): Promise<T> {
    return this.calling(async () => {
      const connection = this.connectionFor(topic);
      connection.callsUnderWay++;
      try {
        return await call(await this.adminOf(connection));
      } catch (error) {
        // The broker may be gone: the next call connects anew, maybe to another.
        if (connection === this.current && !isRefusal(error)) this.retire();
        throw error;
      } finally {
        connection.callsUnderWay--;
        await closeWhenIdle(connection);
      }
    });
  }

  /** A connection that was refused is made anew by the next call: a password may be another one by then. */
  private async adminOf(connection: AdminConnection): Promise<Admin> {
    try {
      return await connection.admin;
    } catch (error) {
      if (connection === this.current) this.retire();
      throw error;
    }
  }

  /** Closes the connection; calls that are under way on it end first. */
  async close(): Promise<void> {
    const connection = this.current;
    this.retire();
    await connection?.closing;
  }

  private connectionFor(topic: string | undefined): AdminConnection {
    const known = this.current?.topics;
    const isNew = topic !== undefined && known?.has(topic) === false;
    if (isNew && known!.size >= MAX_TOPICS) this.retire();
    this.current ??= {
      admin: this.connect(),
      topics: new Set(),
      callsUnderWay: 0,
      isRetired: false,
    };
    if (topic !== undefined) this.current.topics.add(topic);
    return this.current;
  }

  private async connect(): Promise<Admin> {
    const admin = this.js.admin();
    try {
      await admin.connect();
    } catch (error) {
      // Its sockets and timers would keep the process from ending.
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
    return admin;
  }

  /** The next call gets a new connection; this one is closed after its last call. */
  private retire(): void {
    const connection = this.current;
    this.current = undefined;
    if (!connection) return;
    connection.isRetired = true;
    void closeWhenIdle(connection);
  }
}
