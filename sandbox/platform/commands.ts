import { spawn } from "node:child_process";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { access } from "./access";
import { ports } from "./ports";
import { BIN } from "./wrappers";

/** A job is not to have Sisyphus' tickets; its wrapper takes others where its environment names none. */
export const WITHOUT_TICKETS = { KRB5CCNAME: undefined };

/** Runs one of the sandbox's commands to its end. @returns its exit code: 1 of a Camus run that skipped topics, as of the real one */
export function runCommand(command: string, args: string[]): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(join(BIN, command), args, {
      stdio: "ignore",
      env: { ...process.env, ...WITHOUT_TICKETS },
    });
    child.on("error", fail);
    child.on("close", (code) => done(code ?? 1));
  });
}

/** A client of the sandbox's broker, for whoever plays producers and administrators. */
export const sandboxKafka = () =>
  new Kafka({
    clientId: "sandbox",
    ...access(ports()).kafka.admin,
    logLevel: logLevel.NOTHING,
    retry: { retries: 10 },
  });
