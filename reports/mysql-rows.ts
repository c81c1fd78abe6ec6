import type { BackfillReport } from "../domain/backfill/report";
import type { Block } from "./document";

/** What a saga's report says of the events that came from MySQL, and of the rows that gave none. */
export const mysqlBlocks = (report: BackfillReport): Block[] => [
  ...mysqlNote(report),
  ...mysqlRows(report),
];

function mysqlNote({ found }: BackfillReport): Block[] {
  if (found.fromMysql === 0) return [];
  return [
    {
      text: `Events that came from MySQL (${found.fromMysql}) carry no ip there and cannot be geocoded.`,
    },
  ];
}

function mysqlRows({ found }: BackfillReport): Block[] {
  if (!found.mysqlRows) return [];
  const { remarks, more } = found.mysqlRows;
  return [
    { heading: "Rows of MySQL that were not used, or with a doubt" },
    {
      text: "Whether the events of rows that were not used are missing is not known. Columns and uuids are named, never values.",
    },
    {
      table: {
        head: ["table", "column", "rows", "", "why", "uuids, the first few"],
        rows: remarks.map(({ table, column, rows, used, why, uuids }) => [
          table,
          column ?? "–",
          rows,
          used ? "used" : "not used",
          why,
          uuids.join(", ") || "–",
        ]),
      },
    },
    ...(more > 0
      ? [
          {
            text: `${more} more such lines are not shown. search/mysql.json in the saga's folder has them, in a saga without shards; in a large saga each shard's folder has its own.`,
          },
        ]
      : []),
  ];
}
