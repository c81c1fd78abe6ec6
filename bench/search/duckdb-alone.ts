import { DuckDBInstance } from "@duckdb/node-api";

/** What an operator would write who has DuckDB: one query over the same files. It takes lines as its own reader of CSV gives them. */
async function main(plain: string, gz: string, held: string, out: string) {
  const db = await DuckDBInstance.create(":memory:", {
    memory_limit: "1GB",
    preserve_insertion_order: "false",
  });
  const connection = await db.connect();
  await connection.run(`
    copy (
      select l from (
        select l, json_extract_string(l, '/uuid') u, 'eventlogging_' || json_extract_string(l, '/schema') t,
          try_cast(json_extract_string(l, '/dt') as timestamp) dt
        from read_csv(['${plain}', '${gz}'], columns = {'l': 'varchar'}, delim = '\\0', quote = '', escape = '', header = false, auto_detect = false)
      ) e
      anti join read_csv('${held}', columns = {'t': 'varchar', 'u': 'varchar'}, delim = '\\t', quote = '', header = false, auto_detect = false) h
        on h.u = e.u and h.t = e.t
      where dt >= '2018-07-04' and dt < '2018-07-06'
    ) to '${out}' (header false, delimiter '\\0', quote '')`);
}

const [, , plain, gz, held, out] = process.argv as [
  string,
  string,
  string,
  string,
  string,
  string,
];
void main(plain, gz, held, out);
