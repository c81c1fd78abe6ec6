import type { Config } from "../../../domain/settings/config";
import { alertmanagerReceiver } from "./alertmanager";
import { pagerdutyReceiver } from "./pagerduty";
import type { WebToken } from "../../../clients/proofs";
import type { Receiver } from "./receiver";
import { slackReceiver } from "./slack";
import { smtpReceiver } from "./smtp";
import { webhookReceiver } from "./webhook";

type Settings = {
  [Name in keyof Omit<Config["alerts"], "defaultReceivers">]-?: NonNullable<
    Config["alerts"][Name]
  >;
};
type Proofs = {
  /** For receivers that are told by Kerberos who posts. */
  webToken: WebToken;
  /** Of `alerts.smtp.user`. */
  smtpPassword?: string | undefined;
};

/**
 * A row for each field of `alerts` in the configuration: what delivers to a receiver that is configured so, or to each of several by name.
 * A new kind of receiver is a field there, a file here and a row.
 */
const RECEIVERS: {
  [Name in keyof Settings]: (
    settings: Settings[Name],
    proofs: Proofs,
  ) => Receiver | Record<string, Receiver>;
} = {
  webhook: (settings, { webToken }) => webhookReceiver(settings, webToken),
  alertmanager: (settings, { webToken }) =>
    alertmanagerReceiver(settings, webToken),
  smtp: (settings, { smtpPassword }) => smtpReceiver(settings, smtpPassword),
  slack: (channels, { webToken }) =>
    each(channels, "slack", (channel, field) =>
      slackReceiver(channel, field, webToken),
    ),
  pagerduty: (services, { webToken }) =>
    each(services, "pagerduty", (service, field) =>
      pagerdutyReceiver(service, field, webToken),
    ),
};

/** A receiver for each of several of a kind, by its name. */
const each = <T>(
  given: Record<string, T>,
  kind: string,
  receiverOf: (settings: T, field: string) => Receiver,
): Record<string, Receiver> =>
  Object.fromEntries(
    Object.entries(given).map(([name, settings]) => [
      `${kind}.${name}`,
      receiverOf(settings, `alerts.${kind}.${name}`),
    ]),
  );

/** The configured receivers, by their names in the configuration. */
export function configuredReceivers(
  settings: Partial<Settings>,
  proofs: Proofs,
): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  const add = <Name extends keyof Settings>(name: Name) => {
    const own: Partial<Settings>[Name] = settings[name];
    if (own === undefined) return;
    const made = RECEIVERS[name](own, proofs);
    if (typeof made === "function") receivers.set(name, made);
    else
      for (const [full, one] of Object.entries(made)) receivers.set(full, one);
  };
  for (const name of Object.keys(RECEIVERS) as (keyof Settings)[]) add(name);
  return receivers;
}
