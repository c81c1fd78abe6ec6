import { UuidWriter } from "../../../../../activities/backfill/verify/uuid-writer";
import { Engine } from "../../../../../clients/duckdb/engine";
import { uuid } from "./refined-world";

test("uuids of files that are read side by side all go in, however many", async () => {
  const engine = await Engine.open({ memoryMb: 128 });
  try {
    const connection = await engine.connect();
    await connection.run("create table t (file bigint, uuid varchar)");
    const known = new UuidWriter(connection, "t");
    const pieces = async function* (pieces: number) {
      for (let i = 0; i < pieces; i++)
        yield Array.from({ length: 20_000 }, (_, n) => uuid(i * 20_000 + n));
    };
    expect(
      await Promise.all([5, 30, 0].map((n, i) => known.addAll(i, pieces(n)))),
    ).toEqual([100_000, 600_000, 0]);
    await known.flush();
    expect(
      await connection.rows(
        "select file, count(*), count(distinct uuid) from t group by file order by file",
      ),
    ).toEqual([
      [0n, 100_000n, 100_000n],
      [1n, 600_000n, 600_000n],
    ]);
  } finally {
    await engine.close();
  }
});
