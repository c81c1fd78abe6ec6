/**
 * A limit among a topic's effective configs, by its name: `retention.ms` (ms) or `retention.bytes` (bytes of each partition). Undefined
 * where Kafka has none, which it writes as -1.
 */
export function limitIn(
  config: Record<string, string>,
  name: "retention.ms" | "retention.bytes",
): number | undefined {
  const limit = Number(config[name] ?? -1);
  return limit < 0 ? undefined : limit;
}
