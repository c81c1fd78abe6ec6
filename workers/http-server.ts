import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { REPORTS, type Storage } from "../clients/storage";
import { SERVED } from "../clients/storage-layout";
import type { HourRules } from "../domain/audit/usable-hours";
import type { Config } from "../domain/settings/config";
import { answerHours, API } from "./hours-api";
import {
  carriesToken,
  cookieFor,
  isOwnHost,
  isTokenIn,
  readerToken,
} from "./http-access";
import type { Answer } from "./http-answer";
import { SAFE_HEADERS } from "./http-headers";
import { metricsText } from "./metrics";

type Reader = Pick<Storage, "read" | "readRef" | "readText">;

/** What is served of one pipeline. */
export type Served = {
  /** Absent where there is one pipeline, without a name. */
  name?: string;
  storage: Reader;
  /** By which it is told whether an hour may be used; without them nobody is told. */
  rules?: HourRules;
};

/** The path below which each pipeline with a name has its own pages. */
export const PIPELINES = "/p/";

type Settings = Pick<NonNullable<Config["metrics"]>, "host" | "port"> &
  Partial<NonNullable<Config["metrics"]>>;

const PLAIN = { "content-type": "text/plain; charset=utf-8" };
const METRICS_TYPE = { "content-type": "text/plain; version=0.0.4" };
const NOT_FOUND: Answer = { status: 404, text: "see /metrics and /reports/\n" };

/**
 * Serves `/metrics`, below `/reports/` the reports of audits and sagas, below `/v1/` what other programs ask, and `/healthz`. Storage that does not answer is a 503, anything else
 * that is asked for a 404. Whoever asks under a name that is not this server's gets 421, and without the token, where there is one, 401;
 * `/healthz` says nothing and is open to all. Pipelines with names have their reports and answers below `/p/<name>/`; metrics are those of all,
 * and what is asked of none below `/v1/` is answered by the one that knows of it.
 * @returns the listening server
 * @throws Error with code `EADDRINUSE` where another process listens there, or where the token is none
 */
export async function serveHttp(
  pipelines: Served[],
  settings: Settings,
  environment: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const token = readerToken(settings, environment);
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    answerTo(request, { pipelines, settings, token, port }).then(
      (answer) => send(request, response, answer),
      (error: Error) =>
        send(request, response, { status: 503, text: `${error.message}\n` }),
    );
  });
  return new Promise((listening, failed) => {
    server.once("error", failed);
    server.listen(settings.port, settings.host, () => listening(server));
  });
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, headers = PLAIN, text }: Answer,
): void {
  const body = Buffer.from(text);
  response
    .writeHead(status, {
      ...SAFE_HEADERS,
      ...headers,
      "content-length": body.length,
    })
    .end(method === "HEAD" ? undefined : body);
}

type Access = {
  pipelines: Served[];
  settings: Settings;
  token: string | undefined;
  /** The one that is listened on. */
  port: number;
};

async function answerTo(
  { method = "", url = "", headers }: IncomingMessage,
  { pipelines, settings, token, port }: Access,
): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD")
    return {
      status: 405,
      headers: { ...PLAIN, allow: "GET, HEAD" },
      text: "pages are read, and nothing else\n",
    };
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path === "/healthz") return { status: 200, text: "ok\n" };
  if (!isOwnHost(headers.host, port, settings))
    return {
      status: 421,
      text: "this server is asked under another name; metrics.allowedHosts allows it\n",
    };
  const query = new URLSearchParams(queryAt < 0 ? "" : url.slice(queryAt));
  const isOpen = path === "/metrics" && settings.openMetrics === true;
  if (token !== undefined && !isOpen) {
    if (isTokenIn(query, token))
      return withoutTokenIn(path, query, cookieFor(token, isHttps(settings)));
    if (!carriesToken(headers, token)) return NEEDS_TOKEN;
  }
  if (path === "/metrics")
    return {
      status: 200,
      headers: METRICS_TYPE,
      text: await metricsText(pipelines),
    };
  return (await pageOf(pipelines, path, query)) ?? NOT_FOUND;
}

/** What pipelines have at a path: a report, or an answer for other programs. */
async function pageOf(
  pipelines: Served[],
  path: string,
  query: URLSearchParams,
): Promise<Answer | undefined> {
  const [only] = pipelines;
  if (only && only.name === undefined) return pageIn(only, path, query);
  const meant = pipelines.find(({ name }) =>
    path.startsWith(`${PIPELINES}${name}/`),
  );
  if (meant)
    return pageIn(
      meant,
      path.slice(PIPELINES.length + meant.name!.length),
      query,
    );
  return path.startsWith(API) ? askAll(pipelines, path, query) : undefined;
}

/** The answer of the pipeline that knows what is asked of. */
async function askAll(
  pipelines: Served[],
  path: string,
  query: URLSearchParams,
): Promise<Answer | undefined> {
  const answers = await Promise.all(
    pipelines.map(async (each) => ({
      name: each.name,
      answer: await pageIn(each, path, query),
    })),
  );
  const known = answers.filter(({ answer }) => answer?.status !== 404);
  return known.length > 1 && known.every(({ answer }) => answer?.status === 200)
    ? {
        status: 400,
        text: `several pipelines know of it: ask ${known.map(({ name }) => PIPELINES + name + path).join(" or ")}\n`,
      }
    : (known[0] ?? answers[0])?.answer;
}

async function pageIn(
  { storage, rules }: Served,
  path: string,
  query: URLSearchParams,
): Promise<Answer | undefined> {
  if (rules && path.startsWith(API))
    return answerHours(
      storage,
      rules,
      namesOf(path.slice(API.length)),
      query,
      Date.now(),
    );
  return reportAt(storage, path);
}

const NEEDS_TOKEN: Answer = {
  status: 401,
  headers: { ...PLAIN, "www-authenticate": 'Bearer realm="sisyphus"' },
  text: "a token is needed: as `Authorization: Bearer`, or once as `?token=`\n",
};

const isHttps = ({ url }: Settings) => url?.startsWith("https:") === true;

/** Sends a browser on to the same address without the token, which would stay in its history, and has it keep a cookie. */
function withoutTokenIn(
  path: string,
  query: URLSearchParams,
  cookie: string,
): Answer {
  query.delete("token");
  const rest = query.toString();
  // Two slashes, which browsers see in backslashes too, would lead to another server.
  const here = /^\/(?![/\\])/.test(path) ? path : "/";
  const location = here + (rest === "" ? "" : `?${rest}`);
  return {
    status: 303,
    headers: { ...PLAIN, location, "set-cookie": cookie },
    text: "the token is known from now on\n",
  };
}

/** A file of storage that is meant for people. Others, events above all, stay where HDFS' own permissions guard them. */
async function reportAt(
  storage: Reader,
  path: string,
): Promise<Answer | undefined> {
  if (!path.startsWith(REPORTS)) return undefined;
  const folders = namesOf(path.slice(REPORTS.length));
  const name = folders?.pop();
  const type = SERVED.get(name ?? "");
  if (!folders || !name || !type) return undefined;
  const text = await storage.readText({ folder: folders.join("/"), name });
  return text === undefined
    ? undefined
    : { status: 200, headers: { "content-type": type }, text };
}

/** Slashes and dots that were encoded once more would become a path to somewhere else where they are decoded again. */
const LEADS_ELSEWHERE = /[/\\\p{Cc}]|%(?:2e|2f|5c|00)/iu;

/** The names of a path, decoded; undefined where one of them is none, or would lead elsewhere. */
function namesOf(path: string): string[] | undefined {
  try {
    const names = path.split("/").map(decodeURIComponent);
    return names.some(
      (name) => /^\.{0,2}$/.test(name) || LEADS_ELSEWHERE.test(name),
    )
      ? undefined
      : names;
  } catch {
    // A `%` that begins no byte of UTF-8.
    return undefined;
  }
}
