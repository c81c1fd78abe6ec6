import { z } from "zod";
import { httpAddress } from "../fields";

/** A file of this host. It is read anew for new connections (by HDFS and YARN within ten seconds), so that what is renewed there counts. */
const file = z.string().min(1).meta({ format: "path of a file" });

/** Where a secret is found: never in the configuration itself, which is shown to people and kept in repositories. */
export const secret = z
  .union(
    [
      z.strictObject({ file }),
      z.strictObject({
        variable: z
          .string()
          .regex(/^\w+$/, "the name of an environment variable"),
      }),
    ],
    {
      error:
        "a secret is named by `{file: …}` or `{variable: …}`, and not written here",
    },
  )
  .meta({ format: "`file:` or `variable:`" });
export type Secret = z.infer<typeof secret>;

const tls = z.strictObject({
  ca: file
    .optional()
    .describe(
      "Certificates (PEM) of those who sign the service's certificate. Without it those count that Node brings along.",
    ),
  certificate: file
    .optional()
    .describe("The certificate (PEM) that proves who Sisyphus is."),
  key: file.optional().describe("Its private key (PEM)."),
  keystore: file
    .optional()
    .describe("Certificate and key in one file (PKCS12), instead of both."),
  passphrase: secret
    .optional()
    .describe("The passphrase of the key or of the keystore."),
});

/** A client certificate is given whole, and in one way. */
export const wholeTls = tls.superRefine((given, context) => {
  const wrong = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  const { certificate, key, keystore, passphrase } = given;
  if (certificate !== undefined && key === undefined)
    wrong("key", "missing: a certificate needs its private key");
  if (key !== undefined && certificate === undefined)
    wrong("certificate", "missing: a private key needs its certificate");
  if (keystore !== undefined && certificate !== undefined)
    wrong("keystore", "a certificate is given already: one of both is allowed");
  if (passphrase && key === undefined && keystore === undefined)
    wrong("passphrase", "there is neither a key nor a keystore to open");
});
export type TlsSettings = z.infer<typeof wholeTls>;

/** Whether an address has no place for credentials, which would be in every error that names it. */
export function isAddressAlone(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { username, password, search } = new URL(address);
  return username === "" && password === "" && search === "";
}

const tokenEndpoint = httpAddress
  .refine(
    isAddressAlone,
    "an address alone: the client is named by `clientId` and `clientSecret`",
  )
  .refine((address) => {
    const { protocol, hostname } = new URL(address);
    return (
      protocol === "https:" || /^(?:localhost|127\..*|\[::1\])$/.test(hostname)
    );
  }, "https, as the client's secret is sent there");

const sasl = z.discriminatedUnion("mechanism", [
  z.strictObject({
    mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]),
    user: z.string().min(1).describe("The user's name."),
    password: secret.describe("The user's password."),
  }),
  z.strictObject({
    mechanism: z.literal("oauthbearer"),
    tokenEndpoint: tokenEndpoint.describe(
      "Where tokens are asked for (RFC 6749, section 4.4). A private authority of its certificate is named by the variable `NODE_EXTRA_CA_CERTS`.",
    ),
    clientId: z.string().min(1).describe("The client's name."),
    clientSecret: secret.describe(
      "The client's secret. It is sent percent-encoded, as the RFC wants it.",
    ),
    scope: z.string().optional().describe("The scope of the token."),
  }),
  z.strictObject({
    mechanism: z.literal("gssapi"),
    service: z
      .string()
      .min(1)
      .default("kafka")
      .describe(
        "The first part of the brokers' principals: `sasl.kerberos.service.name`.",
      ),
  }),
]);
export type SaslSettings = z.infer<typeof sasl>;

const kerberos = z
  .strictObject({
    principal: z
      .string()
      .regex(
        /^[^\s@]+@[^\s@]+$/,
        "a principal with its realm, such as sisyphus@EXAMPLE.ORG",
      )
      .optional()
      .describe("Who Sisyphus is, with the realm."),
    keytab: file
      .optional()
      .describe(
        "The keys of `principal`. Tickets are taken by it, and taken anew before they end.",
      ),
    cache: file
      .optional()
      .describe(
        "The credential cache. Without a keytab the one that `kinit`, `k5start` or the like keep up to date, by default the one that `KRB5CCNAME` or the system names. With a keytab where tickets are kept that are taken by it, by default in a folder of `TMPDIR` that this user alone can read.",
      ),
  })
  .superRefine(({ principal, keytab }, context) => {
    if (keytab !== undefined && principal === undefined)
      context.addIssue({
        code: "custom",
        path: ["principal"],
        message: "missing: a keytab may hold the keys of several",
      });
  });
export type KerberosSettings = z.infer<typeof kerberos>;

const hadoop = z.strictObject({
  tls: wholeTls
    .optional()
    .describe(
      "How HDFS and YARN are known over https, and how they know who asks; without it by Node's own list of authorities.",
    ),
  kerberos: z
    .boolean()
    .default(false)
    .describe(
      "Whether Sisyphus proves by Kerberos who it is where HDFS or YARN want to know (SPNEGO). With `cluster.hadoopConf`, what `hadoop.security.authentication` says. `false` has them told `hdfs.user` alone, as an HttpFS with simple authentication in a cluster with Kerberos wants it.",
    ),
});
export type HadoopSecurity = z.infer<typeof hadoop>;

const metastore = z
  .strictObject({
    kerberos: z
      .boolean()
      .optional()
      .describe(
        "Whether the metastore is told by Kerberos who asks. Without it, where there is a `principal`; `false` turns it off where Hive's own configuration turns it on (`hive.metastore.sasl.enabled`).",
      ),
    principal: z
      .string()
      .regex(
        /^[^\s@/]+\/[^\s@/]+(?:@[^\s@]+)?$/,
        "a service's principal, such as hive/_HOST@EXAMPLE.ORG",
      )
      .optional()
      .describe(
        "The principal of the metastore, where it wants to know by Kerberos who asks: `hive.metastore.kerberos.principal`, which counts by itself where `cluster.hadoopConf` names the metastore, too. `_HOST` stands for the host of its address. The realm is what `krb5.conf` says of that host.",
      ),
  })
  .superRefine(({ kerberos: isTold, principal }, context) => {
    const wrong = (message: string) =>
      context.addIssue({ code: "custom", path: ["principal"], message });
    if (isTold === true && principal === undefined)
      wrong("missing: Kerberos tells a service by its principal who asks");
    if (isTold === false && principal !== undefined)
      wrong("`kerberos: false` says that the metastore is not told who asks");
  });

export const security = z
  .strictObject({
    kafka: z
      .strictObject({
        tls: wholeTls
          .optional()
          .describe(
            "The brokers are asked over TLS, as listeners of the kinds SSL and SASL_SSL want it; `{}` where Node's own list of authorities is enough.",
          ),
        sasl: sasl
          .optional()
          .describe(
            "How brokers are told who asks: `plain`, `scram-sha-256` and `scram-sha-512` by a user's password, `oauthbearer` by a token that a client asks for with credentials of its own, `gssapi` by Kerberos, as `security.kerberos` says who.",
          ),
      })
      .superRefine(({ tls: overTls, sasl: by }, context) => {
        const isSentAsIs =
          by?.mechanism === "plain" || by?.mechanism === "oauthbearer";
        if (isSentAsIs && overTls === undefined)
          context.addIssue({
            code: "custom",
            path: ["tls"],
            message: `missing: ${by.mechanism} sends what proves who asks as it is, which needs TLS`,
          });
      })
      .optional()
      .describe("How brokers are reached. Without it they are asked in plain."),
    kerberos: kerberos
      .optional()
      .describe(
        "Who Sisyphus is to services that use Kerberos, and to the programs that it starts. `krb5.conf` is found as the system finds it (`KRB5_CONFIG`).",
      ),
    hadoop: hadoop.prefault({}).describe("How HDFS and YARN are reached."),
    metastore: metastore
      .prefault({})
      .describe("How the Hive metastore is reached."),
  })
  .prefault({})
  .describe(
    "Who Sisyphus is to the services, and how it knows them. Secrets are named by a file (`{file: /etc/sisyphus/password}`) or an environment variable (`{variable: NAME}`), and never written here.",
  );
export type SecuritySettings = z.infer<typeof security>;
