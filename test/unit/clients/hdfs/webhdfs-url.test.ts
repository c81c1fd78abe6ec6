import { webHdfsUrl } from "../../../../clients/hdfs/webhdfs-url";

const url = (webhdfs: string, query = {}) =>
  new URL(webHdfsUrl({ webhdfs, user: "hdfs" }, "RENAME", "/wmf/a b#c", query));

test("an https address without a port is served on 443, an http address on 80", () => {
  for (const [address, origin] of [
    ["https://gateway", "https://gateway"],
    ["https://gateway:443/", "https://gateway"],
    ["http://namenode", "http://namenode"],
    ["http://namenode:9870", "http://namenode:9870"],
  ] as const)
    expect(url(address).origin).toBe(origin);
});

test("a base path is kept, with and without a slash at its end", () => {
  for (const base of ["/gateway/default", "/gateway/default/"])
    expect(url(`https://gateway${base}`).pathname).toBe(
      "/gateway/default/webhdfs/v1/wmf/a%20b%23c",
    );
});

test("parameters are encoded, and those that are undefined are left out", () => {
  expect(
    url("http://namenode", { destination: "/a &b", renameoptions: undefined })
      .search,
  ).toBe("?op=RENAME&user.name=hdfs&destination=%2Fa%20%26b");
});
