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
import { quoted } from "../../../../clients/duckdb/quoted";
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

const COLUMNS: Columns = { n: "integer", text: "varchar" };

test("rows go in and come out as they are, however many", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    await connection.run("create table t (n integer, text varchar)");
    const rows = Array.from({ length: 5000 }, (_, n): [number, string] => [
      n,
      `\u00e4\ufeff\r\n\0${n}`,
    ]);
    await connection.append("t", COLUMNS, rows);
    const came: unknown[] = [];
    for await (const some of connection.stream("select * from t order by n"))
      came.push(...some);
    expect(came).toEqual(rows);
  });
});

const piece = (first: number, bytes: Buffer) => ({ first, count: 1, bytes });

test("each connection reads its own pieces, each of them once, whatever bytes they have", async () => {
  await using(async (engine) => {
    const connections = await Promise.all(
      Array.from({ length: 4 }, () => engine.connect()),
    );
    const found = await Promise.all(
      connections.map(async (connection, i) => {
        const pieces = Array.from({ length: 50 * i }, (_, n) =>
          piece(n, Buffer.alloc(10_000 + n, n % 2 ? i : 255)),
        );
        connection.pieces = pieces;
        const rows = (await connection.rows(
          "select first, bytes from pieces order by first",
        )) as [bigint, Blob][];
        return (
          rows.length === pieces.length &&
          rows.every(
            ([first, { bytes }], n) =>
              first === BigInt(n) && pieces[n]!.bytes.equals(bytes),
          )
        );
      }),
    );
    expect(found).toEqual([true, true, true, true]);
  });
});

test("two readings of pieces in one query do not take them from one another", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    connection.pieces = [1, 2, 3].map((n) => piece(n, Buffer.from("x")));
    const [[count]] = (await connection.rows(
      "select count(*) from pieces a, pieces b",
    )) as [[bigint]];
    expect(count).toBe(9n);
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

test("whoever is told to end while pieces are read ends, and the engine closes", async () => {
  const told = new AbortController();
  await using(
    async (engine) => {
      const connection = await engine.connect();
      connection.pieces = Array.from({ length: 1000 }, (_, n) =>
        piece(n, Buffer.alloc(10_000)),
      );
      const asked = connection.rows(
        "select count(*) from pieces, range(1000000) a, range(1000000) b where hash(first, a.range, b.range) = 7",
      );
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

/** Pieces of a line each, all in one buffer. */
async function* inOneBuffer(lines: number) {
  const bytes = Buffer.alloc(1 << 20, "x");
  bytes.write("\n", bytes.length - 1);
  for (let first = 0; first < lines; first++) {
    bytes.write(String(first).padStart(4, "0"));
    yield { first, count: 1, bytes };
  }
}

test("a batch keeps its lines while the next one is read into the buffer that they came in", async () => {
  const found = await using(async (engine) => {
    const connection = await engine.connect();
    const rows: string[] = [];
    await inBatches(connection, inOneBuffer(40), async () => {
      rows.push(
        ...(await connection.rows(`select l[:4] from (${LINES_OF_BATCH})`)).map(
          ([text]) => text as string,
        ),
      );
    });
    return rows.sort();
  });
  expect(found).toEqual(
    Array.from({ length: 40 }, (_, n) => String(n).padStart(4, "0")),
  );
});

test("what fails of a batch ends the reading, also where it is the last one", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    for (const lines of [1, 40]) {
      let batches = 0;
      const read = inBatches(connection, inOneBuffer(lines), async () => {
        batches++;
        await connection.run("selec");
      });
      await expect(read).rejects.toThrow("Parser Error");
      expect(batches).toBe(1);
    }
  });
});

test("where the reading fails, the batch that was given ends before that is told", async () => {
  await using(async (engine) => {
    const connection = await engine.connect();
    const ended: string[] = [];
    const failing = async function* () {
      yield* inOneBuffer(8);
      throw new Error("the disk is gone");
    };
    const read = inBatches(connection, failing(), async () => {
      await connection.rows("select count(*) from range(1000000)");
      ended.push("batch");
    }).catch((error: Error) => ended.push(error.message));
    await read;
    expect(ended).toEqual(["batch", "the disk is gone"]);
  });
});
