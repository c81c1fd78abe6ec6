import { createServer, type Server } from "node:http";
import { REPORTS, type Storage } from "../clients/storage";
import { SERVED } from "../clients/storage-layout";
import { metricsText } from "./metrics";

type Page = { type: string; text: string };
type Reader = Pick<Storage, "read" | "readRef" | "readText">;

/**
 * Serves `/metrics` and, below `/reports/`, the reports of audits and sagas. Storage that does not answer is a 503,
 * anything else that is asked for a 404.
 * @returns the listening server
 * @throws Error with code `EADDRINUSE` where another process listens there
 */
export function serveHttp(
  storage: Reader,
  { host, port }: { host: string; port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    pageAt(storage, request.url ?? "/").then(
      (page) =>
        page
          ? response
              .writeHead(200, { "content-type": page.type })
              .end(page.text)
          : response.writeHead(404).end("see /metrics and /reports/\n"),
      (error: Error) => response.writeHead(503).end(`${error.message}\n`),
    );
  });
  return new Promise((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, () => listening(server));
  });
}

/** The page at a request's path; undefined where there is none. */
async function pageAt(storage: Reader, url: string): Promise<Page | undefined> {
  if (url === "/metrics")
    return {
      type: "text/plain; version=0.0.4",
      text: await metricsText(storage),
    };
  const path = decodeURIComponent(new URL(url, "http://x").pathname);
  return path.startsWith(REPORTS)
    ? reportAt(storage, path.slice(REPORTS.length))
    : undefined;
}

/** A file of storage that is meant for people. Others, events above all, stay where HDFS' own permissions guard them. */
async function reportAt(
  storage: Reader,
  path: string,
): Promise<Page | undefined> {
  const folders = path.split("/");
  const name = folders.pop()!;
  const type = SERVED.get(name);
  const leadsElsewhere = folders.some(
    (folder) => folder === "" || folder === "." || folder === "..",
  );
  if (!type || leadsElsewhere) return undefined;
  const text = await storage.readText({ folder: folders.join("/"), name });
  return text === undefined ? undefined : { type, text };
}
