import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { heap, LEAN } from "../platform/java";
import { SANDBOX_DIR } from "../platform/paths";
import type { Ports } from "../platform/ports";
import { launch } from "../platform/processes";
import type { Service } from "../platform/services/service";
import { portAnswers } from "../platform/wait";

const DIR = join(SANDBOX_DIR, "kerberos");
const KEYTABS = join(DIR, "keytabs");
export const REALM = "SISYPHUS.TEST";
/** `KRB5_CONFIG` of everything that uses this realm. */
export const KRB5_CONF = join(DIR, "krb5.conf");

/**
 * Who has keys, by the keytab that holds them. A principal gets its keys once, so that all services share a keytab; the host in their names is
 * `localhost`, as no ticket is to be had for an address.
 */
const PRINCIPALS = {
  services: ["hdfs", "HTTP", "yarn", "hive", "kafka"].map(
    (service) => `${service}/localhost`,
  ),
  sisyphus: ["sisyphus"],
  /** HDFS' superuser. */
  admin: ["hdfs"],
  /** Somebody whom nobody has given a right. */
  stranger: ["stranger"],
};
export const keytabOf = (owner: keyof typeof PRINCIPALS) =>
  join(KEYTABS, `${owner}.keytab`);

/** What every Java program needs that uses this realm. */
export const KERBEROS_FLAGS = [
  `-Djava.security.krb5.conf=${KRB5_CONF}`,
  "-Djava.net.preferIPv4Stack=true",
];

/** `KRB5_CONFIG` of Sisyphus: with tickets that end while a saga runs, so that it shows that they are taken anew. */
export const KRB5_BRIEF_CONF = join(DIR, "krb5-brief.conf");
export const BRIEF_SECONDS = 30;

const krb5Conf = (p: Ports, life: string) => `[libdefaults]
    default_realm = ${REALM}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
    ticket_lifetime = ${life}
    renew_lifetime = 7d
    forwardable = true
[realms]
    ${REALM} = {
        kdc = 127.0.0.1:${p.kdc}
    }
[domain_realm]
    localhost = ${REALM}
`;

/** Settings of MiniKdc (Hadoop 3.4). Lives are in milliseconds. */
const properties = (p: Ports) => [
  "org.name=SISYPHUS",
  "org.domain=TEST",
  "kdc.bind.address=127.0.0.1",
  `kdc.port=${p.kdc}`,
  "transport=TCP",
  "max.ticket.lifetime=86400000",
  "max.renewable.lifetime=604800000",
  "instance=DefaultKrbServer",
  "debug=false",
];

/** A Kerberos KDC. It keeps its principals in memory: a start makes new keys, and all others must be started anew. */
export const kdc: Service = {
  name: "kdc",
  title: "Kerberos KDC",
  port: "kdc",
  endsOthers: true,
  start: (p, tools) => {
    rmSync(DIR, { recursive: true, force: true });
    mkdirSync(KEYTABS, { recursive: true, mode: 0o700 });
    writeFileSync(KRB5_CONF, krb5Conf(p, "24h"));
    writeFileSync(KRB5_BRIEF_CONF, krb5Conf(p, `${BRIEF_SECONDS}s`));
    const settings = join(DIR, "minikdc.properties");
    writeFileSync(settings, properties(p).join("\n"));
    launch("kdc", "java", [
      heap(64),
      ...LEAN,
      ...["-cp", `${tools.kdc}/*:${tools.kdc}/lib/*`],
      "org.sisyphus.sandbox.Kdc",
      ...[join(DIR, "work"), settings, KEYTABS],
      ...Object.entries(PRINCIPALS).map(
        ([keytab, principals]) => `${keytab}=${principals.join()}`,
      ),
    ]);
  },
  ready: async (p) => existsSync(join(KEYTABS, "ready")) && portAnswers(p.kdc),
};
