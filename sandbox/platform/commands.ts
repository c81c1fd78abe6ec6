import { spawn } from "node:child_process";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { ports } from "./ports";
import { BIN } from "./wrappers";

/** Runs one of the sandbox's commands to its end. @returns its exit code: 1 of a Camus run that skipped topics, as of the real one */
export function runCommand(command: string, args: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(join(BIN, command), args, { stdio: "ignore" });
    child.on("error", fail);
    child.on("close", (code) => done(code ?? 1));
  });
}

/** A client of the sandbox's broker, for whoever plays producers and administrators. */
export const sandboxKafka = () =>
  new Kafka({
    clientId: "sandbox",
    brokers: [`127.0.0.1:${ports().kafka}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  });
