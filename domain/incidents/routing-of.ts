import type { Config } from "../settings/config";
import { type Hearing, receiversIn } from "../settings/receivers-in";
import type { Routing } from "./routing";

/** Who hears of what by a configuration. It stands in workflow histories: no address and no secret is in it. */
export function routingOf({ alerts }: Pick<Config, "alerts">): Routing {
  const hearings = Object.entries(receiversIn(alerts)).map(
    ([name, { minimumSeverity }]): [string, Hearing] => [
      name,
      minimumSeverity === undefined ? {} : { minimumSeverity },
    ],
  );
  return { receivers: Object.fromEntries(hearings) };
}
