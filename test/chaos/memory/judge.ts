import type { World } from "./world";
import { canonicalJson } from "../../../lib/canonical-json";

/** Looks at a world from outside after its saga has ended. @returns what is wrong there, a sentence each; none where all is well */
export function wrongs(
  world: World,
  ended: { holds?: boolean; aborted?: string },
): string[] {
  const found: string[] = [];
  const say = (ok: boolean, what: string) => void (ok || found.push(what));
  const now = world.state();
  const same = (a: unknown, b: unknown) =>
    canonicalJson(a) === canonicalJson(b);

  world.kafka.expire();
  const landed = new Map<string, number>();
  for (const topic of world.kafka.logs.keys())
    for (const m of world.kafka.committed(topic)) {
      const uuid = m.headers["uuid"];
      if (uuid) landed.set(uuid, (landed.get(uuid) ?? 0) + 1);
    }
  const twice = [...landed].filter(([, n]) => n > 1).length;
  say(twice === 0, `${twice} events are in Kafka more than once`);
  say(
    same(now.retention, world.before.retention),
    `retention is ${JSON.stringify(now.retention)}`,
  );
  for (const [path, content] of Object.entries(world.before.flags)) {
    const flag = now.flags[path];
    say(flag !== undefined, `${path} is gone`);
    say(flag !== "", `${path} is empty`);
    const planned = path.includes("/Outdated/");
    say(
      planned ? flag !== undefined : flag === content,
      `${path} was changed though no plan names it`,
    );
  }
  const finished = world.yarn.apps.filter((a) => a.state === "FINISHED");
  say(finished.length <= 1, `${finished.length} Refine applications finished`);
  const rows = [...world.rows.values()].flatMap((s) => [...s]);
  const haveRows = world.lost.every((e) => rows.includes(e.uuid));
  if (ended.aborted !== undefined) {
    // What is imported, refined and verified stays so.
    if (ended.aborted.includes('no "restore offsets"'))
      say(haveRows, "offsets stayed although events have no row");
    else
      say(
        same(now.positions, world.before.positions),
        `offsets are ${JSON.stringify(now.positions)}`,
      );
    if (finished.length === 0)
      say(
        same(now.flags, world.before.flags),
        `flags are ${JSON.stringify(now.flags)}`,
      );
    say(!ended.aborted.includes("NOT undone"), ended.aborted);
    return found;
  }
  say(finished.length === 1, `${finished.length} Refine applications finished`);
  say(
    world.lost.every((e) => landed.get(e.uuid) === 1),
    `${landed.size} of ${world.lost.length} lost events are in Kafka`,
  );
  say(
    haveRows,
    `${rows.length} of ${world.lost.length} lost events have a row`,
  );
  say(ended.holds === true, "the report does not hold");
  return found;
}
