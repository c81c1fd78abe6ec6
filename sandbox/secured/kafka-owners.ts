import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type AclEntry,
  ResourcePatternTypes,
} from "kafkajs";
import { keystoreOf, STORE_PASSWORD, TRUSTED } from "./certificates";

const { TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes;
const {
  DESCRIBE,
  DESCRIBE_CONFIGS,
  ALTER_CONFIGS,
  READ,
  WRITE,
  DELETE: REMOVE,
} = AclOperationTypes;

/** Rights on everything whose name begins like this. */
const rights = (
  user: string,
  resourceType: AclResourceTypes,
  prefix: string,
  ...operations: AclOperationTypes[]
): AclEntry[] =>
  operations.map((operation) => ({
    resourceType,
    resourceName: prefix,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
    principal: `User:${user}`,
    host: "*",
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  }));

/** The rights of docs/permissions.md. */
export const SISYPHUS_RIGHTS: AclEntry[] = [
  ...rights(
    "sisyphus",
    TOPIC,
    "eventlogging_",
    ...[DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS, READ, WRITE],
  ),
  ...rights("sisyphus", GROUP, "sisyphus-", READ, REMOVE),
  ...rights("sisyphus", TRANSACTIONAL_ID, "sisyphus-", WRITE),
];

/** The importer reads, and commits its offsets elsewhere. */
export const IMPORTER_RIGHTS: AclEntry[] = rights(
  "importer",
  TOPIC,
  "eventlogging_",
  DESCRIBE,
  READ,
);

/** How the importer says who it is: by a certificate. */
export const IMPORTER_SETTINGS: Record<string, string> = Object.fromEntries(
  Object.entries({
    "security.protocol": "SSL",
    "ssl.keystore.location": keystoreOf("importer"),
    "ssl.keystore.password": STORE_PASSWORD,
    "ssl.keystore.type": "PKCS12",
    "ssl.truststore.location": TRUSTED,
    "ssl.truststore.password": STORE_PASSWORD,
    "ssl.truststore.type": "PKCS12",
  }).map(([name, value]) => [`kafka.consumer.${name}`, value]),
);
