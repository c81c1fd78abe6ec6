import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { addHours } from "../../lib/hour";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { setup } from "../../sandbox/platform/setup";
import { down, reset, up } from "../../sandbox/platform/up";
import { loadConfig } from "../../workers/config";
import { connectClient } from "../../workers/connection";
import { createDependencies } from "../../workers/dependencies";
import { generate, generated, oneHourMore } from "./generate";
import { naive } from "./naive";
import { type Measured, measure } from "./ours";
import { script } from "./script";
import { asOf, endOf, type Size } from "./size";

type Options = Size & {
  sample: number;
  fresh?: boolean;
  remembered?: boolean;
  keep?: boolean;
};

const MEMORY = "/wmf/data/sisyphus/evidence";
const say = (line: string) => console.log(line);
const total = (requests: Record<string, number>) =>
  Object.values(requests).reduce((a, b) => a + b, 0);

function configure(hours: number): void {
  const config = parse(readFileSync(CONFIG_FILE, "utf8")) as Record<
    string,
    unknown
  >;
  delete config["audit"];
  writeFileSync(
    CONFIG_FILE,
    stringify({
      ...config,
      audit: { lookbackHours: hours },
      // The generator gives messages their time itself.
      policy: { expectedTopicConfig: {} },
    }),
  );
}

function tell(name: string, m: Measured): void {
  say(
    `${name}: ${m.seconds.toFixed(1)} s, ${total(m.requests)} requests ${JSON.stringify(m.requests)}, worker ${m.peakMb.toFixed(0)} MB, ` +
      `${m.events} events, history ${m.historyKb.toFixed(0)} KB, largest payload ${m.largestPayloadKb.toFixed(1)} KB, ${JSON.stringify(m.verdicts)}`,
  );
}

export async function main(o: Options): Promise<void> {
  if (o.fresh) await reset(say);
  const tools = await setup(say);
  await up(say);
  configure(o.hours);
  enterSandbox();
  const client = await connectClient();
  const deps = createDependencies(loadConfig(CONFIG_FILE), client);
  try {
    let size = generated();
    if (!size || size.topics !== o.topics || size.hours < o.hours) {
      const from = performance.now();
      size = { topics: o.topics, hours: o.hours };
      await generate(size, tools);
      say(
        `${o.topics} topics x ${o.hours} hours generated in ${((performance.now() - from) / 1000).toFixed(0)} s`,
      );
    }
    const results: Record<string, Measured> = {};
    const audit = async (name: string, fresh = false) => {
      const until = endOf(size!);
      const range = { since: addHours(until, -o.hours), until };
      results[name] = await measure(client, name, range, asOf(until), fresh);
      tell(name, results[name]);
      return range;
    };
    if (!o.remembered) {
      // The first audit of a fleet knows nothing yet.
      for (const { name } of (await deps.hdfs.list(MEMORY)) ?? [])
        await deps.hdfs.remove(`${MEMORY}/${name}`);
      await audit("first", true);
    }
    await audit("again, by a new worker", true);
    const range = await audit("again");
    const by = await script(size, tools);
    const byScript = Object.values(by).reduce((a, b) => a + b, 0);
    say(`operator's script: ${byScript.toFixed(1)} s ${JSON.stringify(by)}`);
    const sample = Array.from({ length: o.sample }, (_, i) => i);
    const n = await naive(deps, sample, range);
    const factor = o.topics / o.sample;
    say(
      `naive, ${o.sample} topics: ${n.seconds.toFixed(1)} s, ${total(n.requests)} requests ${JSON.stringify(n.requests)}, ${n.whole} topic-hours whole; ` +
        `for ${o.topics} topics ${(total(n.requests) * factor).toFixed(0)} requests, ${((n.seconds * factor) / 60).toFixed(0)} min`,
    );
    size = await oneHourMore(size, tools);
    await audit("an hour later");
    for (const [name, m] of Object.entries(results))
      say(
        `${name}: ${((total(n.requests) * factor) / total(m.requests)).toFixed(1)} times fewer requests than naive, ` +
          `${(byScript / m.seconds).toFixed(1)} times as fast as the script, ${(total(m.requests) / (o.topics * o.hours)).toFixed(3)} requests a topic-hour`,
      );
    writeFileSync(
      join(SANDBOX_DIR, "results.json"),
      JSON.stringify({ size, results, script: by, naive: n }, null, 2),
    );
  } finally {
    await deps.kafka.close();
    await client.connection.close();
    if (!o.keep) await down(say);
  }
}
