import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { basename, join } from "node:path";
import {
  type Blob,
  type Columns,
  Engine,
} from "../../../../clients/duckdb/engine";
import { quoted } from "../../../../clients/duckdb/temporary-folder";
import {
  inBatches,
  LINES_OF_BATCH,
} from "../../../../clients/duckdb/lines-table";

/** A temporary folder of these tests alone: others have engines, too. */
const folder = mkdtempSync(join(os.tmpdir(), "engine-test-"));
beforeAll(() => {
  jest.spyOn(os, "tmpdir").mockReturnValue(folder);
});
afterAll(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Does something with an engine, and closes it. */
async function using<T>(
  work: (engine: Engine) => Promise<T>,
  options: { memoryMb?: number; signal?: AbortSignal } = {},
): Promise<T> {
  const engine = await Engine.open({ memoryMb: 64, ...options });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const COLUMNS: Columns = { n: "integer", bytes: "blob" };

test("rows go in and come out as they are, however many", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    await connection.run("create table t (n integer, bytes blob)");
    const rows = Array.from({ length: 5000 }, (_, n): [number, Buffer] => [
      n,
      Buffer.from([0, 255, 10, 13, n % 256]),
    ]);
    await connection.append("t", COLUMNS, rows);
    const came: [number, Blob][] = [];
    for await (const some of connection.stream("select * from t order by n"))
      came.push(...(some as [number, Blob][]));
    expect(came.map(([n]) => n)).toEqual(rows.map(([n]) => n));
    expect(came.every(([n, { bytes }]) => rows[n]![1].equals(bytes))).toBe(
      true,
    );
  });
});

test("an error tells its kind, and nothing of what was read", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    const asked = connection.rows(
      `select json_extract_string('{"ip": 198.51.100.7', ['/ip'])`,
    );
    await expect(asked).rejects.toThrow("DuckDB: Invalid Input Error");
    await expect(asked).rejects.not.toThrow("198.51");
    await expect(connection.run("selec")).rejects.toThrow(
      'DuckDB: Parser Error: syntax error at or near "selec"',
    );
  });
});

test("too little memory is an error that says so", async () => {
  await using(
    async (engine) => {
      const connection = await engine.connect();
      await expect(
        connection.rows(
          "select string_agg(repeat('x', 1000), '') from range(100000)",
        ),
      ).rejects.toThrow("DuckDB: Out of Memory Error");
    },
    { memoryMb: 16 },
  );
});

test("no query reads a file of the machine but those of its folder", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    const inside = join(engine.folder, "inside");
    const beside = `${engine.folder}-beside`;
    for (const path of [inside, beside]) writeFileSync(path, "text");
    const read = (path: string) =>
      connection.rows(`select content from read_text(${quoted(path)})`);
    expect(await read(inside)).toEqual([["text"]]);
    for (const path of [
      "/etc/hostname",
      beside,
      `${engine.folder}/../${basename(beside)}`,
    ])
      await expect(read(path)).rejects.toThrow("DuckDB: Permission Error");
    await expect(
      connection.run("set global enable_external_access = true"),
    ).rejects.toThrow("DuckDB: Invalid Input Error");
  });
});

/** A query that takes hours. */
const ENDLESS =
  "select count(*) from range(1000000) a, range(1000000) b where hash(a.range, b.range) = 7";

test("whoever is told to end ends in the middle of a query, with the reason", async () => {
  const told = new AbortController();
  await using(
    async (engine) => {
      const connection = await engine.connect();
      const asked = connection.rows(ENDLESS);
      told.abort(new Error("no longer wanted"));
      await expect(asked).rejects.toThrow("no longer wanted");
    },
    { signal: told.signal },
  );
});

test("whoever is told to end between two queries begins no other, and opens no engine", async () => {
  const told = new AbortController();
  await using(
    async (engine) => {
      const connection = await engine.connect();
      told.abort(new Error("no longer wanted"));
      await expect(connection.rows("select 1")).rejects.toThrow(
        "no longer wanted",
      );
    },
    { signal: told.signal },
  );
  await expect(
    Engine.open({ memoryMb: 64, signal: told.signal }),
  ).rejects.toThrow("no longer wanted");
});

test("a stream that gives other rows than were counted is no answer", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    const drain = async () => {
      // Each time another number of rows.
      const sql = "select * from range(1000000) where random() < 0.5";
      for await (const _ of connection.stream(sql));
    };
    await expect(drain()).rejects.toThrow(/^DuckDB gave \d+ rows of \d+$/);
  });
});

test("what a killed process left behind is removed a day later, and what a living one has is left alone", async () => {
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const folders = [dead, process.pid, dead].map((pid) =>
    mkdtempSync(join(folder, `sisyphus-duckdb-${pid}-`)),
  );
  for (const each of folders.slice(0, 2)) utimesSync(each, 0, 0);
  await using(async () => undefined);
  expect(folders.map((each) => existsSync(each))).toEqual([false, true, true]);
});

test("an engine that is closed while it connects closes that connection as well", async () => {
  for (let i = 0; i < 100; i++) {
    const engine = await Engine.open({ memoryMb: 64 });
    const connecting = engine.connect().catch(() => undefined);
    await engine.close();
    const connection = await connecting;
    if (connection)
      await expect(connection.run("select 1")).rejects.toThrow("closed");
    await expect(engine.connect()).rejects.toThrow("closed");
  }
});

test("an engine that is closed ends what its connections do, refuses more, and leaves nothing on the disk", async () => {
  const engine = await Engine.open({ memoryMb: 64 });
  const [busy, idle] = [await engine.connect(), await engine.connect()];
  const asked = busy.rows(ENDLESS).catch((error: Error) => error.message);
  expect(readdirSync(engine.folder)).toEqual([]);
  await engine.close();
  expect(await asked).toMatch("DuckDB: INTERRUPT Error");
  await expect(idle.rows("select 1")).rejects.toThrow("is closed");
  expect(existsSync(engine.folder)).toBe(false);
});

test("lines are numbered over pieces and batches", async () => {
  const found = await using(async (engine) => {
    const connection = await engine.connect();
    const rows: unknown[][] = [];
    const pieces = async function* () {
      yield { first: 0, count: 3, bytes: Buffer.from("a\n\nb\n") };
      yield {
        first: 3,
        count: 1,
        bytes: Buffer.from(`${"x".repeat(9 << 20)}\n`),
      };
      yield { first: 4, count: 2, bytes: Buffer.from("\u00e4\r\n\ufefflast") };
    };
    await inBatches(connection, pieces(), async () => {
      rows.push(
        ...(await connection.rows(
          `select first + n, encode(l[:5]) from (${LINES_OF_BATCH}) order by 1`,
        )),
      );
    });
    return rows.map(([n, blob]) => [
      Number(n),
      Buffer.from((blob as Blob).bytes).toString("utf8"),
    ]);
  });
  expect(found).toEqual([
    [1, "a"],
    [3, "b"],
    [4, "xxxxx"],
    [5, "\u00e4\r"],
    [6, "\ufefflast"],
  ]);
});
