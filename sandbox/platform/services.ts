import {
  journalNode,
  nameNode1,
  nameNode2,
  securedDataNode,
} from "../secured/hdfs";
import { kdc } from "../secured/kdc";
import { securedKafka } from "../secured/kafka";
import { securedMetastore } from "../secured/metastore";
import {
  resourceManager1,
  resourceManager2,
  securedNodeManager,
} from "../secured/yarn";
import { isSecured } from "./kind";
import { temporalTls } from "../secured/temporal";
import { dataNode } from "./services/datanode";
import { kafka } from "./services/kafka";
import { mariaDb } from "./services/mariadb";
import { metastore } from "./services/metastore";
import { nameNode } from "./services/namenode";
import { nodeManager } from "./services/nodemanager";
import { resourceManager } from "./services/resourcemanager";
import type { Service } from "./services/service";
import { temporal } from "./services/temporal";

/** Those of a secured sandbox. */
const SECURED_SERVICES: Service[] = [
  temporal,
  temporalTls,
  mariaDb,
  kdc,
  securedKafka,
  journalNode,
  nameNode1,
  nameNode2,
  securedDataNode,
  securedMetastore,
  resourceManager1,
  resourceManager2,
  securedNodeManager,
];

const OPEN_SERVICES: Service[] = [
  temporal,
  nameNode,
  dataNode,
  kafka,
  metastore,
  resourceManager,
  nodeManager,
  mariaDb,
];

/** Every service of this sandbox, in the order in which they are started. */
export const services = (): Service[] => [
  ...(isSecured() ? SECURED_SERVICES : OPEN_SERVICES),
];
