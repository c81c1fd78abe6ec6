import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { HourAnswer } from "../../domain/audit/usable-hours";
import { HOUR_MS } from "../../lib/hour";
import { check } from "../client";
import { configOption } from "../config-option";
import { EXIT_CODES, isFinal, TIMED_OUT, waitForHour } from "../hour-wait";
import { print, table } from "../output";
import { readOnlyStorage } from "../storage";

type Options = {
  config: string;
  maxAge: string;
  asOf?: string;
  json?: boolean;
};
type WaitOptions = Options & {
  timeout?: string;
  every: string;
  untilMended?: boolean;
};

/** How often `wait` asks: audits end once an hour. */
const EVERY = "60s";

const CODES_TEXT = `
Exit codes:
  0    usable: the newest audit found it complete, or empty, after its grace
  3    broken: the newest audit found something that is not whole
  4    undecided: not judged for good yet, or nothing can be known of it
  5    uncovered: the newest audit did not look at this hour or topic, or there is none
  6    stale: the newest audit is older than --max-age
  7    unknown: no audit knows of such a topic or table
  124  the time of --timeout is over (wait only)
  1    anything else: a wrong argument, storage that does not answer`;

/** `sisyphus hour`: what other tools ask before they use an hour. */
export function addCommands(command: Command): void {
  const asking = (signature: string, description: string) =>
    command
      .command(signature)
      .description(description)
      .option(...configOption)
      .option("--max-age <time>", "how old the newest audit may be", "3h")
      .option(
        "--as-of <time>",
        "what time it is, UTC (default: SISYPHUS_AS_OF, else now)",
        process.env["SISYPHUS_AS_OF"],
      )
      .option("--json", "the answer as JSON");
  asking(
    "status <topic-or-table> <hour>",
    "whether an hour may be used, by the newest audit",
  )
    .addHelpText(
      "after",
      `${CODES_TEXT}

Example: sisyphus hour status event.edit 2018-07-05T03 && spark-submit daily.py`,
    )
    .action(showStatus);
  asking(
    "wait <topic-or-table> <hour>",
    "wait until an hour may be used, or is known not to be",
  )
    .option(
      "--timeout <time>",
      "wait no longer, such as 2h (default: as long as it takes)",
    )
    .option("--every <time>", "how often it is asked", EVERY)
    .option(
      "--until-mended",
      "wait for a broken hour too, as a backfill may mend it",
    )
    .addHelpText(
      "after",
      `${CODES_TEXT}

Example: sisyphus hour wait event.edit 2018-07-05T03 --timeout 2h && spark-submit daily.py`,
    )
    .action(wait);
}

async function showStatus(
  name: string,
  hour: string,
  options: Options,
): Promise<void> {
  const { ask } = await asker(name, hour, options, EVERY);
  const answer = await ask();
  print(options.json ? answer : answerText(answer));
  process.exitCode = EXIT_CODES[answer.state];
}

async function wait(
  name: string,
  hour: string,
  options: WaitOptions,
): Promise<void> {
  const { ask, now, every, timeout, lookbackMs } = await asker(
    name,
    hour,
    options,
    options.every,
    options.timeout,
  );
  const { ServiceError } = await import("../../clients/errors");
  const { answer, timedOut } = await waitForHour({
    ask,
    isOver: (found) =>
      isFinal(found, options.untilMended === true, now(), lookbackMs),
    isPassing: (error) => error instanceof ServiceError,
    // Beside the output, which scripts read.
    tell: (text) => console.error(text),
    sleep,
    clock: () => performance.now(),
    every,
    timeout,
  });
  if (options.json) print({ ...answer, timedOut });
  else if (answer) print(answerText(answer));
  if (timedOut) console.error("the time is over");
  process.exitCode = timedOut || !answer ? TIMED_OUT : EXIT_CODES[answer.state];
}

/** Checks what is asked before anything is read, and gives what asks it. */
async function asker(
  name: string,
  hour: string,
  { config: configPath, maxAge: age, asOf }: Options,
  everyText: string,
  timeoutText?: string,
) {
  const [{ hourQuestion, hourWait }, { hourAnswer, hourRulesOf }, clients] =
    await Promise.all([
      import("../../domain/settings/hour-question"),
      import("../../domain/audit/usable-hours"),
      import("../../clients/audited-hours"),
    ]);
  const { maxAge = 0 } = check(hourQuestion, { name, hour, maxAge: age });
  const {
    timeout,
    every,
    asOf: told,
  } = check(hourWait, {
    every: everyText,
    ...(timeoutText === undefined ? {} : { timeout: timeoutText }),
    ...(asOf ? { asOf } : {}),
  });
  const { config, storage } = await readOnlyStorage(configPath);
  const begun = Date.now();
  // Where the whole world stands in the past, time goes on there as well.
  const behind = told === undefined ? 0 : begun - Date.parse(told);
  const now = () => Date.now() - behind;
  const rules = hourRulesOf(config);
  const ask = async () =>
    hourAnswer(name, hour, await clients.readAudited(storage), rules, {
      now: now(),
      maxAge,
    });
  const lookbackMs = config.audit.lookbackHours * HOUR_MS;
  return { ask, now, every, timeout, lookbackMs };
}

/** The answer for a person: in short, as of when, and each topic's part where there are several. */
function answerText(answer: HourAnswer): string {
  const { name, hour, state, why, asOf, audit, topics } = answer;
  const source = audit ? `, by ${audit} as of ${asOf}` : "";
  return [
    `${name} ${hour}: ${state}${source}`,
    why,
    ...(topics.length > 1
      ? [
          table(
            ["topic", "state", "verdict", "cause", "why"],
            topics.map((one) => [
              one.topic,
              one.state,
              one.verdict ?? "",
              one.cause ?? "",
              one.why,
            ]),
          ),
        ]
      : []),
  ].join("\n");
}
