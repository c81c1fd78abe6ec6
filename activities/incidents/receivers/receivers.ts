import type { Config } from "../../../domain/settings/config";
import { alertmanagerReceiver } from "./alertmanager";
import type { WebToken } from "./proofs";
import type { Receiver } from "./receiver";
import { smtpReceiver } from "./smtp";
import { webhookReceiver } from "./webhook";

type Settings = {
  [Name in keyof Config["alerts"]]-?: NonNullable<Config["alerts"][Name]>;
};
type Proofs = {
  /** For receivers that are told by Kerberos who posts. */
  webToken: WebToken;
  /** Of `alerts.smtp.user`. */
  smtpPassword?: string | undefined;
};

/**
 * A row for each field of `alerts` in the configuration: what delivers to a receiver that is configured so.
 * A new kind of receiver is a field there, a file here and a row.
 */
const RECEIVERS: {
  [Name in keyof Settings]: (
    settings: Settings[Name],
    proofs: Proofs,
  ) => Receiver;
} = {
  webhook: (settings, { webToken }) => webhookReceiver(settings, webToken),
  alertmanager: (settings, { webToken }) =>
    alertmanagerReceiver(settings, webToken),
  smtp: (settings, { smtpPassword }) => smtpReceiver(settings, smtpPassword),
};

/** The configured receivers, by their names in the configuration. */
export function configuredReceivers(
  settings: Partial<Settings>,
  proofs: Proofs,
): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  const add = <Name extends keyof Settings>(name: Name) => {
    const own: Partial<Settings>[Name] = settings[name];
    if (own !== undefined) receivers.set(name, RECEIVERS[name](own, proofs));
  };
  for (const name of Object.keys(RECEIVERS) as (keyof Settings)[]) add(name);
  return receivers;
}
