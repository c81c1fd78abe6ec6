import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { rawLines } from "../../../importers/raw-lines";
import { hadoopSnappy } from "../formats/hadoop/hadoop-snappy";

const LINES = Array.from({ length: 300 }, (_, n) =>
  JSON.stringify({ uuid: String(n).padStart(32, "0"), text: "ä".repeat(n) }),
);
const TEXT = Buffer.from(`${LINES.join("\n")}\n`);
const NAME = "t.1001.0.300.300.1530756000000";

/** A raw hour with files; a read of a range that a file does not have is an error, as with HDFS. */
const hour = (files: Record<string, Buffer>) =>
  ({
    list: async () =>
      Object.entries(files).map(([name, { length }]) => ({ name, length })),
    readExactly: async (path: string, at: number, length: number) => {
      const bytes = files[path.slice("/raw/".length)]!.subarray(
        at,
        at + length,
      );
      if (bytes.length < length) throw new Error("it has changed");
      return bytes;
    },
  }) as unknown as Hdfs;

async function linesOf(files: Record<string, Buffer>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of rawLines(hour(files), "/raw")) lines.push(line);
  return lines;
}

test.each([
  ["plain text", NAME, TEXT],
  ["gzip", `${NAME}.gz`, gzipSync(TEXT)],
  [
    "gzip of several members",
    `${NAME}.gz`,
    Buffer.concat([
      gzipSync(TEXT.subarray(0, 99)),
      gzipSync(TEXT.subarray(99)),
    ]),
  ],
  ["gzip without its extension", NAME, gzipSync(TEXT)],
  ["deflate", `${NAME}.deflate`, deflateSync(TEXT)],
  ["Hadoop's Snappy", `${NAME}.snappy`, hadoopSnappy(TEXT)],
])("%s is read line by line", async (_, name, bytes) => {
  expect(await linesOf({ [name]: bytes })).toEqual(LINES);
});

test("a lone \\r ends a line of a raw file, as for the Refine that reads it through Hadoop", async () => {
  expect(await linesOf({ [NAME]: Buffer.from("a\rb\r\n\rc\n") })).toEqual([
    "a",
    "b",
    "c",
  ]);
});

test("a file that Camus wrote is read, and what is not data is left out", async () => {
  const name = "eventlogging_Edit.1001.0.23.35.1529899200000";
  const lines = await linesOf({
    [name]: readFileSync(join(__dirname, "../../fixtures", name)),
    _IMPORTED: Buffer.from("no event"),
    [`${NAME}._COPYING_`]: TEXT,
    [`${NAME}1`]: Buffer.alloc(0),
  });
  expect(lines).toHaveLength(23);
});

test.each([
  [".avro", "Obj\u0001\u0004", "Avro"],
  ["", "Obj\u0001\u0004", "Avro"],
  [".parquet", "PAR1", "Parquet"],
  ["", "PARE", "encrypted Parquet"],
  ["", "ORC", "ORC"],
  [".bz2", "BZh91AY", "bzip2"],
  [".bz2", "{}", "bzip2"],
  [".zst", "\u0028\u00b5\u002f\u00fd", "Zstandard"],
  ["", "\u0028\u00b5\u002f\u00fd", "Zstandard"],
  [".lz4", "\u0000\u0000\u0000\u0009", "LZ4"],
  ["", "\u0004\u0022\u004d\u0018", "LZ4"],
  [".lzo_deflate", "\u0000", "LZO"],
  [".snappy", "\u0082SNAPPY\u0000", "SnappyOutputStream"],
])(
  "a file %s that begins with %j is refused by its name and as %s",
  async (extension, begin, codec) => {
    const name = `${NAME}${extension}`;
    const bytes = Buffer.concat([Buffer.from(begin, "latin1"), TEXT]);
    await expect(linesOf({ [name]: bytes })).rejects.toMatchObject({
      type: "BadFormat",
      message: expect.stringMatching(
        new RegExp(
          `^/raw/${name.replaceAll(".", "\\.")} cannot be read: .*${codec}`,
        ),
      ),
    });
  },
);

test.each([
  ["gzip", `${NAME}.gz`, gzipSync(TEXT)],
  ["deflate", `${NAME}.deflate`, deflateSync(TEXT)],
  ["Hadoop's Snappy", `${NAME}.snappy`, hadoopSnappy(TEXT)],
])(
  "%s that is cut off or damaged is an error with the file's name",
  async (_, name, bytes) => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, 30, 60);
    for (const bad of [bytes.subarray(0, -1), bytes.subarray(0, 40), damaged])
      await expect(linesOf({ [name]: bad })).rejects.toThrow(
        `/raw/${name} cannot be read`,
      );
  },
);

test("bytes that are no text are no lines, whatever their name says", async () => {
  for (const bytes of [hadoopSnappy(TEXT), deflateSync(TEXT)])
    await expect(linesOf({ [NAME]: bytes })).rejects.toThrow(
      `/raw/${NAME} cannot be read: it holds no text`,
    );
});

test("a service that does not answer in the middle of a compressed file is an outage, and nothing hangs", async () => {
  const hdfs = hour({ [`${NAME}.gz`]: gzipSync(TEXT) });
  let reads = 0;
  const read = hdfs.readExactly.bind(hdfs);
  hdfs.list = async () => [{ name: `${NAME}.gz`, length: 5 << 20 }] as never;
  hdfs.readExactly = async (path, at) => {
    if (reads++ > 0) throw new Error("HDFS does not answer");
    return read(path, at, 100);
  };
  const readAll = async () => {
    for await (const _ of rawLines(hdfs, "/raw"));
  };
  await expect(readAll()).rejects.toThrow("HDFS does not answer");
});
