import {
  BIGINT,
  BLOB,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBTableFunction,
  INTEGER,
} from "@duckdb/node-api";
import { total } from "../../lib/total";

/** Bytes, how many lines these are, and a number that tells where they begin. */
export type Piece = { first: number; count: number; bytes: Uint8Array };

/** One reading of a connection's pieces. The pieces are not in it: Node keeps the last one for as long as it wants. */
type Reading = { connection: number; next: number };

/**
 * Makes the table function `pieces_of(connection)`. What is appended to a table is copied and compressed by this thread, and then one thread
 * of DuckDB's reads all of it; a piece that DuckDB fetches is copied once, and each of its threads has one of its own. It is fetched from
 * this thread's event loop, which is held for as long as the copying takes.
 * @param piecesOf what a connection is to read, by the connection's number
 */
export function registerPieces(
  duckdb: DuckDBConnection,
  piecesOf: (connection: number) => readonly Piece[],
): void {
  const table = DuckDBTableFunction.create({
    name: "pieces_of",
    parameterTypes: [INTEGER],
    bindFunction: (bind) => {
      const connection = bind.getParameter(0) as number;
      bind.addResultColumn("first", BIGINT);
      bind.addResultColumn("bytes", BLOB);
      // Without it a join takes lines that are unfolded from pieces for the smaller side, and keeps them all.
      bind.setCardinality(total(piecesOf(connection), "count"), false);
      bind.setBindData({ connection });
    },
    initFunction: (init) => {
      const { connection } = init.bindData as Pick<Reading, "connection">;
      init.setInitData({ connection, next: 0 } satisfies Reading);
      init.setMaxThreads(Math.max(1, piecesOf(connection).length));
    },
    mainFunction: (info, rows) => {
      const reading = info.initData as Reading;
      const piece = piecesOf(reading.connection)[reading.next++];
      rows.rowCount = piece ? 1 : 0;
      if (!piece) return;
      rows.setColumnValues(0, [BigInt(piece.first)]);
      rows.setColumnValues(1, [new DuckDBBlobValue(piece.bytes)]);
    },
  });
  duckdb.registerTableFunction(table);
}
