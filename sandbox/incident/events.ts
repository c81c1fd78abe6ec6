import { createHash } from "node:crypto";
import { type Hour, hourStart, HOUR_MS } from "../../lib/hour";
import {
  capsuleUuid,
  type EventCapsule,
} from "../../formats/eventlogging/event-capsule";
import { random } from "../../lib/random";
import { STORY, type StoryTopic } from "./story";

/** Numbers that follow from a text alone, so that a test can generate again what was produced. */
const randomBy = (seed: string): (() => number) =>
  random(createHash("sha256").update(seed).digest().readUInt32LE(0));

/** Hours whose segments protect later ones from being deleted. */
const PROTECTED = new Set<Hour>([...STORY.healthy, ...STORY.drifted]);

const pick = <T>(from: readonly T[], r: () => number): T =>
  from[Math.floor(r() * from.length)]!;

const WIKIS = [
  "enwiki",
  "dewiki",
  "frwiki",
  "eswiki",
  "jawiki",
  "wikidatawiki",
];
const HOSTS = [
  "cp1066.eqiad.wmnet",
  "cp2004.codfw.wmnet",
  "cp3030.esams.wmnet",
];
const BROWSERS = ["Firefox", "Chrome", "Safari", "Chrome Mobile", "IE"];
/** Networks that a city database knows, one that no database can (TEST-NET-3). */
const NETWORKS = [
  "81.2.69",
  "141.20.5",
  "200.1.2",
  "8.8.8",
  "133.11.0",
  "203.0.113",
];

function payload(topic: StoryTopic, r: () => number): Record<string, unknown> {
  return {
    action: pick(["init", "ready", "saveIntent", "abort", "success"], r),
    pageId: Math.floor(r() * 60_000_000),
    isAnon: r() < 0.6,
    loadTime: Math.round(r() * 90_000) / 10,
    token: `${topic.schema}-${Math.floor(r() * 1e9).toString(36)}`,
    title: pick(["Sisyphus", "Zürich", "東京", "Ошибка", 'A "quoted" name'], r),
  };
}

/** What one schema produced in one hour, in the order of arrival. About one event in a hundred arrives twice, with the same uuid. */
export function eventsOf(topic: StoryTopic, hour: Hour): EventCapsule[] {
  const r = randomBy(`${topic.schema} ${hour}`);
  // Low-volume schemas are often silent for an hour, and never fractional.
  const expected = topic.rate * (0.6 + 0.8 * r());
  const drawn = Math.floor(expected) + (r() < expected % 1 ? 1 : 0);
  // A topic without an event before the drift has no old segment to protect its later ones: it would lose them at once and
  // not after weeks.
  const count =
    topic.seconds && PROTECTED.has(hour) ? Math.max(1, drawn) : drawn;
  const start = hourStart(hour);
  const times = Array.from(
    { length: count },
    () => start + Math.floor(r() * HOUR_MS),
  ).sort();
  return times.flatMap((ms, i) => {
    const dt = `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const recvFrom = pick(HOSTS, r);
    const seqId = topic.revision * 1000 + i;
    const event: EventCapsule = {
      dt,
      event: payload(topic, r),
      ip: `${pick(NETWORKS, r)}.${1 + Math.floor(r() * 250)}`,
      recvFrom,
      revision: topic.revision,
      schema: topic.schema,
      seqId,
      userAgent: {
        browser_family: pick(BROWSERS, r),
        browser_major: String(40 + Math.floor(r() * 30)),
        is_bot: false,
        is_mediawiki: false,
        os_family: pick(["Windows", "Android", "iOS", "Linux"], r),
      },
      uuid: capsuleUuid(recvFrom, seqId, dt),
      webHost: "en.wikipedia.org",
      wiki: pick(WIKIS, r),
    };
    return r() < 0.01 ? [event, event] : [event];
  });
}
