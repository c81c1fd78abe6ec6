import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http2";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const requireByClient = createRequire(
  createRequire(import.meta.url).resolve("@temporalio/client"),
);
const WARM_UP = fileURLToPath(new URL("warm-up.cjs", import.meta.url));
const LONGEST_MS = 30_000;

const json = (value) => ({
  metadata: { encoding: Buffer.from("json/plain") },
  data: Buffer.from(JSON.stringify(value)),
});

/** What a server answers about a saga, by method; to all others it answers with an empty message. */
const ANSWERS = {
  QueryWorkflow: {
    queryResult: {
      payloads: [
        json({
          phase: "replay",
          steps: [{ name: "replay", state: "running" }],
          skipped: [],
        }),
      ],
    },
  },
  DescribeWorkflowExecution: {
    workflowExecutionInfo: {
      execution: { workflowId: "backfill/warm-up", runId: "run" },
      type: { name: "backfill" },
      taskQueue: "control",
      status: 1,
      startTime: { seconds: 1 },
      executionTime: { seconds: 1 },
    },
    pendingActivities: [
      {
        activityType: { name: "replay" },
        attempt: 1,
        heartbeatDetails: { payloads: [json({ produced: 1 })] },
      },
    ],
  },
};

/** How gRPC says that a server does not have a method. */
const UNIMPLEMENTED = 12;

/** A server that speaks as much gRPC as a command needs to run to its end. @returns its port, once it listens, and what ends it */
async function scriptedTemporal() {
  const { workflowservice } = requireByClient("@temporalio/proto").temporal.api;
  const server = createServer();
  const sessions = new Set();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream, headers) => {
    // Whoever calls and goes away, or is no client of Temporal's, is no concern of the build.
    stream.on("error", () => undefined);
    const method = headers[":path"].split("/").at(-1);
    const type = workflowservice.v1[`${method}Response`];
    if (!type)
      return stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": UNIMPLEMENTED,
        },
        { endStream: true },
      );
    const message = type
      .encode(type.fromObject(ANSWERS[method] ?? {}))
      .finish();
    // A message is preceded by whether it is compressed, and its length.
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": 0 }));
    stream.end(Buffer.concat([head, message]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { port: server.address().port, end };
}

/**
 * Runs commands of a build against a scripted server, so that V8 compiles what they need, and leaves that beside the build: later starts take it
 * from there. Without it they are slower, and nothing else; so a failure is told, and the build stays good.
 */
export async function writeCodeCache(folder) {
  const code = await warmUp(folder).catch((error) => error.message);
  if (code !== 0)
    console.warn(`commands will start slower: nothing is compiled (${code})`);
}

/** @returns the exit code of the process that ran the commands */
async function warmUp(folder) {
  const server = await scriptedTemporal();
  try {
    const child = spawn(process.execPath, [WARM_UP, folder], {
      // Nothing of the caller's: neither flags, with which V8 compiles for itself alone, nor keys of a real server.
      env: {
        TEMPORAL_ADDRESS: `127.0.0.1:${server.port}`,
        XDG_CONFIG_HOME: folder,
      },
      stdio: ["ignore", "ignore", "inherit"],
      timeout: LONGEST_MS,
    });
    const [code, signal] = await once(child, "close");
    return code ?? signal;
  } finally {
    server.end();
  }
}
