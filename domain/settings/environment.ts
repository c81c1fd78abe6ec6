/** An environment variable that changes what Sisyphus does. */
type EnvironmentVariable = {
  name: string;
  /** Who reads it. */
  readBy: string;
  /** One or two sentences: what it is for, and what happens without it. */
  meaning: string;
  /** Whether it proves who Sisyphus is: commands that are started do not get it. */
  isSecret?: boolean;
};

const EVERYBODY = "CLI and workers";
const SECRET = "secret";

/** Temporal's own variables are read by `@temporalio/envconfig`; those of its codec server have no effect here. */
const TEMPORAL: EnvironmentVariable[] = [
  [
    "TEMPORAL_ADDRESS",
    "The Temporal server's `host:port`. Without it the profile's, else `localhost:7233`.",
  ],
  [
    "TEMPORAL_NAMESPACE",
    "The Temporal namespace. Without it the profile's, else `default`.",
  ],
  ["TEMPORAL_API_KEY", "the API key to connect with.", SECRET],
  [
    "TEMPORAL_CONFIG_FILE",
    "Temporal's profile file. Without it `temporalio/temporal.toml` in the user's configuration folder.",
  ],
  [
    "TEMPORAL_PROFILE",
    "The profile of that file. Without it the one that is named `default`.",
  ],
  [
    "TEMPORAL_TLS",
    "`true` or `false`: whether to connect with TLS. With an API key or with certificates it is on already.",
  ],
  [
    "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "File with the client's certificate (PEM).",
  ],
  [
    "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "The client's certificate itself, instead of its file.",
  ],
  ["TEMPORAL_TLS_CLIENT_KEY_PATH", "File with the client's key (PEM)."],
  [
    "TEMPORAL_TLS_CLIENT_KEY_DATA",
    "the client's key itself, instead of its file.",
    SECRET,
  ],
  [
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "File with the authorities' certificates that the server is checked against (PEM).",
  ],
  [
    "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
    "Those certificates themselves, instead of their file.",
  ],
  [
    "TEMPORAL_TLS_SERVER_NAME",
    "The name that the server's certificate must have, where it is not the address.",
  ],
  [
    "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
    "`true` leaves the name in the server's certificate unchecked.",
  ],
  [
    "TEMPORAL_GRPC_META_*",
    "a header of every request: the rest of the variable's name is the header's, with `_` as `-`.",
    SECRET,
  ],
].map(([name, meaning, secret]) => ({
  name: name!,
  meaning: meaning!,
  readBy: EVERYBODY,
  isSecret: secret === SECRET,
}));

/** Every environment variable that the CLI and the workers read; docs/configuration.md shows this list. */
export const ENVIRONMENT: EnvironmentVariable[] = [
  {
    name: "SISYPHUS_CONFIG",
    readBy: EVERYBODY,
    meaning:
      "The configuration file, where `--config` names none. Without it `sisyphus.yaml` in the working folder.",
  },
  {
    name: "SISYPHUS_PIPELINE",
    readBy: EVERYBODY,
    meaning:
      "The pipeline that a command is about, or that a worker works for, where `--pipeline` names none and the configuration has several. Without it a worker works for all.",
  },
  {
    name: "HADOOP_CONF_DIR",
    readBy: "`sisyphus config init`",
    meaning:
      "Hadoop's client configuration, where `--hadoop-conf` names none. Without it `/etc/hadoop/conf`, if it is there.",
  },
  {
    name: "SISYPHUS_MYSQL_PASSWORD",
    readBy: "workers, `sisyphus config check`",
    isSecret: true,
    meaning: "the password of `mysql.user`, where `mysql.password` names none.",
  },
  {
    name: "SISYPHUS_SMTP_PASSWORD",
    readBy: "workers",
    isSecret: true,
    meaning:
      "the password of `alerts.smtp.user`, where `alerts.smtp.password` names none.",
  },
  {
    name: "SISYPHUS_METRICS_TOKEN",
    readBy: "workers",
    isSecret: true,
    meaning:
      "the token that readers of `/metrics` and `/reports/` must send, where `metrics.tokenFile` names no file.",
  },
  {
    name: "SISYPHUS_AS_OF",
    readBy: "CLI",
    meaning:
      "The default of `--as-of`, a UTC time such as `2018-07-05T05:20:00Z`. Without it now.",
  },
  {
    name: "SISYPHUS_WEB_UI",
    readBy: "CLI",
    meaning:
      "The Temporal Web UI's page of the namespace, such as `https://temporal.example.org/namespaces/default`. Without it no links are printed.",
  },
  {
    name: "USER",
    readBy: "CLI",
    meaning:
      "The default of `--by`, which names whoever steers an incident. Without it `operator`.",
  },
  {
    name: "KRB5_CONFIG",
    readBy: EVERYBODY,
    meaning:
      "The Kerberos library's own configuration. Without it `/etc/krb5.conf`.",
  },
  {
    name: "KRB5CCNAME",
    readBy: EVERYBODY,
    meaning:
      "The credential cache, where `security.kerberos` names neither a keytab nor a cache. Programs that Sisyphus starts find in it the one that it uses.",
  },
  {
    name: "KRB5_CLIENT_KTNAME",
    readBy: EVERYBODY,
    meaning:
      "The keytab, where `security.kerberos` names none. Programs that Sisyphus starts find in it the one that it uses.",
  },
  {
    name: "TMPDIR",
    readBy: EVERYBODY,
    meaning:
      "The folder of temporary files, among them those of searches and verifications, and tickets that are taken by a keytab. Without it `/tmp`.",
  },
  {
    name: "NO_COLOR",
    readBy: "CLI",
    meaning: "With any value nothing is printed in colour.",
  },
  {
    name: "FORCE_COLOR",
    readBy: "CLI",
    meaning: "With any value colours are printed to files and pipes as well.",
  },
  ...TEMPORAL,
];
