import { connect, isIP, type Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type RowDataPacket,
} from "mysql2";
import type { Config } from "../domain/settings/config";
import { mysqlPlace } from "../domain/settings/sections/cluster";
import { within } from "../lib/within";
import { calling, ServiceError } from "./errors";
import { isTlsCode, secretOf, tlsOptions } from "./secrets";

export type MysqlSettings = NonNullable<Config["mysql"]>;

/** A replica: the address that is asked. */
type Place = { host: string; port: number };

const CONNECT_TIMEOUT_MS = 10_000;

/** So long (s) the server keeps the connection while nothing is asked, as where a search learns the types of a table's columns. */
const IDLE_SECONDS = 28_800;

/** TIMESTAMP values are shown, and compared, in the session's zone. */
const SESSION = `SET SESSION time_zone = '+00:00', wait_timeout = ${IDLE_SECONDS}`;

/** By what a server tells itself from others; it may be that none of these is there. */
const IDENTITY =
  "SHOW VARIABLES WHERE Variable_name IN ('server_uuid', 'server_id', 'hostname', 'port')";

/** Who lets us in and then says nothing, as a proxy does whose servers are gone, is as one that nobody can connect to. */
const late = () =>
  Object.assign(new Error(`no answer in ${CONNECT_TIMEOUT_MS / 1000} s`), {
    code: "ETIMEDOUT",
  });

/** The addresses that are configured, in the order in which they are preferred. */
export const placesOf = ({ host, port }: MysqlSettings): Place[] =>
  [host].flat().map((each) => mysqlPlace(each, port));

export const placeText = ({ host, port }: Place): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** A place as a part of a path; a character for each, as of two IPv6 addresses the colons may be all that differs. */
export const placeName = (place: Place): string => pathPart(placeText(place));

const pathPart = (text: string): string => text.replaceAll(/[^\w.-]/g, "_");

type Opened = {
  connection: Connection;
  place: Place;
  /** Which server it is, as a part of a path: behind one address may be several, of which a proxy chooses. Undefined where it does not say. */
  server: string | undefined;
  /** Why others were not asked, though they are preferred. */
  passedOver: string[];
};

/**
 * Connects to the first replica that answers. One is passed over where nobody answers as a server that is believed; who answers and does not
 * let us in has said something that an operator is to hear, though another one would let us in.
 * @param password of `settings.user`, where `settings.password` names none
 * @throws ServiceError that names each replica
 */
export async function openFirst(
  settings: MysqlSettings,
  password: string | undefined,
): Promise<Opened> {
  const places = placesOf(settings);
  const passedOver: string[] = [];
  for (const place of places)
    try {
      const opened = await calling(
        "MySQL",
        placeText(place),
        () => open(settings, place, password),
        (error) => adviceOn(error, settings),
      );
      return { ...opened, place, passedOver };
    } catch (error) {
      if (places.length === 1 || !isNobody(error)) throw error;
      passedOver.push((error as Error).message);
    }
  throw new ServiceError(
    "MySQL",
    places.map(placeText).join(", "),
    `none of ${places.length} answers: ${passedOver.join("; ")}`,
    undefined,
  );
}

/** Secrets, keys and certificates are read here, so that what was renewed counts for each connection. */
async function open(
  settings: MysqlSettings,
  place: Place,
  password: string | undefined,
): Promise<Pick<Opened, "connection" | "server">> {
  const options = optionsOf(settings, place, password);
  // mysql2 would find out in the middle of its handshake, where nobody catches it, that a file has no certificate.
  if (options.ssl) createSecureContext(options.ssl as SecureContextOptions);
  const connection = createConnection(options);
  // One that breaks while nothing is asked says so here too; the next statement tells of it.
  connection.on("error", () => undefined);
  catchBadPackets(connection);
  try {
    await new Promise<void>((resolve, reject) =>
      connection.connect((error) => (error ? reject(error) : resolve())),
    );
    const ask = (sql: string) =>
      within(
        connection.promise().query<RowDataPacket[]>(sql),
        CONNECT_TIMEOUT_MS,
        late,
      );
    await ask(SESSION);
    const server = await ask(IDENTITY).then(
      ([told]) => serverOf(told),
      (error: unknown) => {
        if (isRefused(error)) return undefined;
        throw error;
      },
    );
    return { connection, server };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Who a server is: MySQL has an identity of its own; MariaDB's number is often the same everywhere, and a host may have several servers. */
function serverOf(told: unknown): string | undefined {
  const rows = Array.isArray(told) ? (told as RowDataPacket[]) : [];
  const values = new Map(
    rows.map((row) => [row["Variable_name"], row["Value"]]),
  );
  const uuid = values.get("server_uuid");
  const parts = (
    uuid ? [uuid] : ["hostname", "port", "server_id"].map((n) => values.get(n))
  ).filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? undefined : pathPart(parts.join("-"));
}

/** mysql2 throws where nobody catches it, and the process would end, where a packet is shorter than what it is to hold. */
function catchBadPackets(connection: Connection): void {
  const inner = connection as unknown as {
    handlePacket(packet: unknown): void;
    stream: Socket;
  };
  const handle = inner.handlePacket.bind(connection);
  inner.handlePacket = (packet) => {
    try {
      handle(packet);
    } catch (error) {
      inner.stream.destroy(error as Error);
    }
  };
}

/** What mysql2 is given for a connection. */
export function optionsOf(
  { user, database, tls, ...settings }: MysqlSettings,
  { host, port }: Place,
  passwordOtherwise: string | undefined,
): ConnectionOptions {
  const password = settings.password
    ? secretOf(settings.password, "mysql.password")
    : passwordOtherwise;
  const files = tls === true ? {} : tls;
  return {
    host,
    port,
    user,
    database,
    ...(password === undefined ? {} : { password }),
    // Lengths of columns, and texts, are in this character set.
    charset: "UTF8MB4_UNICODE_CI",
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(files
      ? {
          // Each option reads its file when it is looked at.
          ssl: {
            ...(tlsOptions(files, "mysql.tls") as SslOptions),
            rejectUnauthorized: true,
            verifyIdentity: true,
          },
        }
      : {}),
    ...(files && isIP(host) ? { stream: () => streamTo(host, port) } : {}),
  };
}

/**
 * mysql2 names no host to TLS where it is asked by an IP address. Node checks the certificate for the name that the socket has then, and that
 * of one which was connected to an IP address has none: any certificate for `localhost` would do.
 */
const streamTo = (host: string, port: number) =>
  Object.assign(connect(port, host).setNoDelay(true).setKeepAlive(true), {
    _host: host,
  });

type SslOptions = Exclude<ConnectionOptions["ssl"], string | undefined>;

type MysqlError = { code?: string; errno?: number; sqlState?: string };

/** What a server says where it takes nobody at the moment: there are too many connections, or it shuts down. */
const TAKES_NOBODY = [1040, 1053];

/** Whether a server itself answered that a statement is not for us, as a proxy may that shows no variables: it can be read all the same. */
function isRefused(error: unknown): boolean {
  const { errno = 0, sqlState } = error as MysqlError;
  return sqlState !== undefined && !TAKES_NOBODY.includes(errno);
}

/** Whether no server that is believed has answered, so that nobody was told who asks. */
function isNobody(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false;
  const { code, errno, sqlState } = (error.cause ?? {}) as MysqlError;
  if (sqlState !== undefined) return TAKES_NOBODY.includes(errno ?? 0);
  // A file of ours that cannot be read has no code, and a way of proving who asks that mysql2 does not know has this one.
  return code !== undefined && code !== "AUTH_SWITCH_PLUGIN_ERROR";
}

/** Numbers of errors about who asks, and about what that user may read. */
const NOT_LET_IN = [1045, 1130, 1251, 1698];
const NO_RIGHT = [1044, 1049, 1142, 1143];
const WANTS_TLS = 3159;

/** What an operator can do about an error: who asked, and which field says so. */
export function adviceOn(
  error: unknown,
  { user, tls }: Pick<MysqlSettings, "user" | "tls">,
): string | undefined {
  const { code = "", errno = 0 } = error as MysqlError;
  const asked = `asked as ${user} ${tls ? "over TLS" : "in plain"}`;
  if (NOT_LET_IN.includes(errno) || code === "AUTH_SWITCH_PLUGIN_ERROR")
    return `${asked}: see mysql.user and mysql.password${tls ? "" : ", and mysql.tls where that user has to come over TLS"}`;
  if (NO_RIGHT.includes(errno))
    return `${asked}: see mysql.user and mysql.database`;
  if (code === "HANDSHAKE_NO_SSL_SUPPORT")
    return `${asked}, and this server has none: see mysql.tls`;
  if (errno === WANTS_TLS || code === "HANDSHAKE_SSL_ERROR" || isTlsCode(code))
    return `${asked}: see mysql.tls`;
  return undefined;
}
