import { once } from "node:events";
import type { AddressInfo, Server as TcpServer } from "node:net";
import { type Connection, createServer } from "mysql2";
import { EventMysql } from "../../../clients/mysql";
import { placeName, placesOf } from "../../../clients/mysql-connection";
import { mysqlColumn } from "../../../formats/eventlogging/mysql-column";

const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };
const time = (type: number, charset: number) =>
  mysqlColumn({ name: "timestamp", type, length: 56, charset });

type Column = { name: string; columnType: number; characterSet: number };
/** The server side of mysql2's connection, which has no types. */
type Peer = Connection & {
  /** The number of the next packet; each command begins again from 0. */
  sequenceId: number;
  serverHandshake: (args: object) => void;
  writeOk: () => void;
  writeColumns: (columns: object[]) => void;
  writeTextRow: (values: (string | null)[]) => void;
  writeEof: () => void;
};

/** A server that speaks MySQL's protocol, answers every SELECT with the same rows, and remembers what it was asked. */
async function serverWith(
  columns: Column[],
  ...rows: (string | null)[][]
): Promise<{ mysql: EventMysql; asked: string[]; close: () => Promise<void> }> {
  const asked: string[] = [];
  const peers: Peer[] = [];
  const server = createServer(() => undefined);
  server.on("connection", (connection) => {
    const peer = connection as unknown as Peer;
    peers.push(peer);
    peer.on("error", () => undefined);
    peer.serverHandshake({
      protocolVersion: 10,
      serverVersion: "8.0.0",
      connectionId: 1,
      statusFlags: 2,
      // The server's texts below are bytes, a character each.
      characterSet: 8,
      capabilityFlags: 0xffffff,
      authCallback: (_: object, done: () => void) => {
        done();
        peer.sequenceId = 0;
      },
    });
    // What mysql2's server calls a SET.
    peer.on("stmt_prepare", (sql: string) => {
      asked.push(sql);
      peer.writeOk();
      peer.sequenceId = 0;
    });
    peer.on("query", (sql: string) => {
      asked.push(sql);
      peer.writeColumns(
        columns.map((c) => ({
          catalog: "def",
          schema: "log",
          table: "t",
          orgTable: "t",
          orgName: c.name,
          columnLength: 40,
          flags: 0,
          decimals: 0,
          ...c,
        })),
      );
      for (const row of rows) peer.writeTextRow(row);
      peer.writeEof();
      peer.sequenceId = 0;
    });
  });
  server.listen(0);
  const tcp = (server as unknown as { _server: TcpServer })._server;
  await once(tcp, "listening");
  const { port } = tcp.address() as AddressInfo;
  const mysql = new EventMysql({
    host: "127.0.0.1",
    port,
    user: "u",
    database: "log",
  });
  return {
    mysql,
    asked,
    close: async () => {
      await mysql.close();
      for (const peer of peers)
        (
          peer as unknown as { stream: { destroy: () => void } }
        ).stream.destroy();
      tcp.close();
    },
  };
}

test("values come as their bytes, whatever their type: no number is rounded, and no date is made", async () => {
  const bytes = "\u0080\u009f\u00ff\u0000";
  const { mysql, asked, close } = await serverWith(
    [
      { name: "id", columnType: 8, characterSet: 63 },
      { name: "event_at", columnType: 12, characterSet: 63 },
      { name: "event_raw", columnType: 253, characterSet: 63 },
      { name: "event_list", columnType: 245, characterSet: 63 },
      { name: "event_none", columnType: 1, characterSet: 63 },
    ],
    ["9007199254740993", "2018-07-04 10:00:00", bytes, "[1.0]", null],
  );
  try {
    const { columns, rows } = await mysql.rows(
      "Edit_17",
      time(253, 224),
      RANGE,
      { from: 9007199254740993n, to: 9007199254740995n },
    );
    expect(rows).toEqual([
      ["9007199254740993", "2018-07-04 10:00:00", bytes, "[1.0]", null],
    ]);
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["id", "integer"],
      ["event_at", "time"],
      ["event_raw", "text"],
      ["event_list", "json"],
      ["event_none", "integer"],
    ]);
    // Values of TIMESTAMP depend on the session's zone.
    expect(asked[0]).toContain("SET SESSION time_zone = '+00:00'");
    expect(asked[2]).toContain(
      "id BETWEEN 9007199254740993 AND 9007199254740995",
    );
  } finally {
    await close();
  }
});

test.each<[string, ReturnType<typeof time>, string]>([
  [
    "texts, in any form that one can have",
    time(253, 224),
    "(`timestamp` >= '20180705010000' AND `timestamp` < '20180705030000'" +
      " OR `timestamp` >= '2018-07-04' AND `timestamp` < '2018-07-07'" +
      " OR `timestamp` >= '20180704T' AND `timestamp` < '20180704u'" +
      " OR `timestamp` >= '20180705T' AND `timestamp` < '20180705u'" +
      " OR `timestamp` >= '20180706T' AND `timestamp` < '20180706u'" +
      " OR `timestamp` >= '1530752400' AND `timestamp` < '1530759600')",
  ],
  [
    "DATETIME",
    time(12, 63),
    "(`timestamp` >= '2018-07-05 01:00:00' AND `timestamp` < '2018-07-05 03:00:00')",
  ],
  [
    "numbers, of MediaWiki time, seconds, milliseconds or microseconds",
    time(8, 63),
    "(`timestamp` >= 20180705010000 AND `timestamp` < 20180705030000" +
      " OR `timestamp` >= 1530752400 AND `timestamp` < 1530759600" +
      " OR `timestamp` >= 1530752400000 AND `timestamp` < 1530759600000" +
      " OR `timestamp` >= 1530752400000000 AND `timestamp` < 1530759600000000)",
  ],
])("rows are found by times that are %s", async (_, column, where) => {
  const { mysql, asked, close } = await serverWith(
    [
      { name: "min", columnType: 8, characterSet: 63 },
      { name: "max", columnType: 8, characterSet: 63 },
    ],
    ["1", "9007199254740993"],
  );
  try {
    expect(await mysql.keys("Edit_17", column, RANGE)).toEqual({
      from: 1n,
      to: 9007199254740993n,
    });
    expect(asked[2]).toBe(
      `SELECT MIN(id), MAX(id) FROM \`Edit_17\` WHERE ${where}`,
    );
  } finally {
    await close();
  }
});

test.each([
  ["MySQL", [["server_uuid", "3e11-fa47"]], "3e11-fa47"],
  [
    "MariaDB",
    [
      ["hostname", "db/1"],
      ["port", "3306"],
      ["server_id", "7"],
    ],
    "db_1-3306-7",
  ],
  ["who says nothing of itself", [], undefined],
])(
  "of %s, the server that answers behind an address is told by its own identity",
  async (_, rows, identity) => {
    const { mysql, close } = await serverWith(
      ["Variable_name", "Value"].map((name) => ({
        name,
        columnType: 253,
        characterSet: 8,
      })),
      ...rows,
    );
    try {
      expect((await mysql.open()).replica).toBe(identity);
    } finally {
      await close();
    }
  },
);

test("replicas whose addresses differ in colons alone have names of their own", async () => {
  const names = ["[2001:db8::1:2]:1", "[2001:db8:1::2]:1"].map((host) =>
    placeName(placesOf({ user: "u", database: "log", port: 1, host })[0]!),
  );
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^[\w.-]+$/);
});
