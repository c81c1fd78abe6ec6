import type {
  KerberosSettings,
  Secret,
  SecuritySettings,
} from "./sections/security";

/** What is written of a client's properties, and what Kafka is asked with. */
export type Draft = {
  brokers: string[];
  kafka: NonNullable<SecuritySettings["kafka"]>;
  kerberos?: KerberosSettings;
  /** What is to be done for a field, by its path below `security.kafka`. */
  marks: Map<string, string>;
  /** What could not be taken, and what to do: a line each, without secrets. */
  problems: string[];
  /** Why Kafka cannot be asked with it yet: the first such problem. */
  blocked?: string;
  /** Secrets by what stands for them in `kafka`. They are for asking alone: nothing writes or prints them. */
  secrets: { secret: Secret; value: string }[];
};

/** Where files are proposed to lie. */
export const FOLDER = "/etc/sisyphus";

/** A problem because of which Kafka cannot be asked. */
export function blocks(draft: Draft, problem: string): void {
  draft.problems.push(problem);
  draft.blocked ??= problem;
}

/** Names of mechanisms, and addresses with their ports; a line that a backslash has put after one has other characters. */
const HARMLESS = /^[\w.-]{1,60}(?::\d{1,5})?$/;

/** Whether a value looks like a name or an address, so that it can be repeated. */
export const isHarmless = (value: string): boolean => HARMLESS.test(value);

/** A value that is not what was wanted, for a message. A stray backslash puts the next line behind it, with its password. */
export const shown = (value: string): string =>
  isHarmless(value)
    ? JSON.stringify(value)
    : "what is given (it has characters that are not allowed there)";

/** A property's name and its sign within a value. An address with its port has no other sign than a colon. */
const PROPERTY =
  /(?:sasl|ssl|security|bootstrap)\.[a-z][a-z.]{0,60}[=: \t\f]|[a-z]\.[a-z.]{1,60}[ \t\f]?=/;
/** Values that are never repeated; a secret may be anything. */
const NEVER_SHOWN = /password|secret|jaas|\.key$|certificate/;

/** Whether a value, which may be repeated or written, has the next line within it: a backslash at a line's end does that. */
export const hasNextLine = (key: string, value: string): boolean =>
  !NEVER_SHOWN.test(key) && PROPERTY.test(value);

/** Whether a value is one that Kafka's providers of configurations would replace: `${file:…}`. */
export const isReference = (value: string): boolean =>
  /^\$\{[^}]*\}$/.test(value);

const FILES: Record<string, string> = {
  "tls.passphrase": "kafka-passphrase",
  "sasl.password": "kafka-password",
  "sasl.clientSecret": "kafka-client-secret",
};

/**
 * What stands in the configuration for a secret: a file that is to be made.
 * @param field below `security.kafka`
 * @param from where the secret is found now
 * @param value undefined where it is not there
 */
export function secretFor(
  draft: Draft,
  field: string,
  from: string,
  value: string | undefined,
): Secret {
  const secret = { file: `${FOLDER}/${FILES[field]}` };
  if (value === undefined) {
    draft.marks.set(
      field,
      "write the secret to this file, for this user alone",
    );
    if (!draft.blocked) blocks(draft, `${from} is missing`);
  } else {
    draft.marks.set(
      field,
      `write the value of ${from} to this file, for this user alone`,
    );
    if (isReference(value))
      blocks(
        draft,
        `${from} is told by a provider of configurations, which is not asked here: write what it tells to ${secret.file}`,
      );
    else draft.secrets.push({ secret, value });
  }
  return secret;
}
