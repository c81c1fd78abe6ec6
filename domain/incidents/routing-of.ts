import type { Config } from "../settings/config";
import { type Hearing, receiversIn } from "../settings/receivers-in";
import type { Routing } from "./routing";

/** Who hears of what by a configuration. It stands in workflow histories: no address and no secret is in it. */
export function routingOf({
  alerts,
  owners,
}: Pick<Config, "alerts" | "owners">): Routing {
  const hearings = Object.entries(receiversIn(alerts)).map(
    ([name, { minimumSeverity }]): [string, Hearing] => [
      name,
      minimumSeverity === undefined ? {} : { minimumSeverity },
    ],
  );
  const receivers = Object.fromEntries(hearings);
  return {
    receivers,
    owners: Object.fromEntries(
      owners.map((owner) => [owner.name, owner.receivers]),
    ),
    others: alerts.defaultReceivers ?? Object.keys(receivers),
  };
}
