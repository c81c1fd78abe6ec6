import { literalPrefix } from "../../lib/literal-prefix";
import { shellWord } from "../../lib/shell";
import type { SecuritySettings } from "../settings/sections/security";

/** A right on topics is granted by their names up to so many; beyond, by what all names of the pattern begin with. */
const NAMES = 10;

/** Who Sisyphus is to brokers, as `kafka-acls.sh` names principals. What cannot be known here is told in brackets. */
export function kafkaPrincipal(security: SecuritySettings): string {
  const { kafka, kerberos } = security;
  const sasl = kafka?.sasl;
  if (sasl?.mechanism === "gssapi") {
    // By Kafka's default rule: the first part of the principal.
    const short = kerberos?.principal?.split(/[/@]/)[0];
    return `User:${short ?? "<the first part of the principal>"}`;
  }
  if (sasl?.mechanism === "oauthbearer") return `User:${sasl.clientId}`;
  if (sasl) return `User:${sasl.user}`;
  const { certificate, keystore } = kafka?.tls ?? {};
  return certificate !== undefined || keystore !== undefined
    ? "User:<the certificate's name, such as CN=sisyphus>"
    : "User:ANONYMOUS";
}

/** Which topics a right is to be granted on, as options of `kafka-acls.sh`, an element each. */
export function topicScope(
  lacking: readonly string[],
  all: readonly string[],
  topicPattern: string,
): string {
  const prefix = literalPrefix(topicPattern);
  const isMost = lacking.length === all.length || lacking.length > NAMES;
  return isMost && prefix !== ""
    ? `--topic ${shellWord(prefix)} --resource-pattern-type prefixed`
    : lacking.map((topic) => `--topic ${shellWord(topic)}`).join(" ");
}

/** How an administrator sees which rights somebody has. */
export const aclList = (
  brokers: readonly string[],
  principal: string,
): string =>
  `kafka-acls.sh --bootstrap-server ${brokers[0]} --command-config admin.properties --list --principal ${shellWord(principal)}`;

/** How a right is granted with Kafka's own tool. */
export const aclGrant = (
  brokers: readonly string[],
  principal: string,
  operation: string,
  scope: string,
): string =>
  `kafka-acls.sh --bootstrap-server ${brokers[0]} --command-config admin.properties --add --allow-principal ${shellWord(principal)} --operation ${operation} ${scope}`;
