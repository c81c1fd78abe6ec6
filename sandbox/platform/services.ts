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
import { dataNode } from "./services/datanode";
import { kafka } from "./services/kafka";
import { mariaDb } from "./services/mariadb";
import { metastore } from "./services/metastore";
import { nameNode } from "./services/namenode";
import { nodeManager } from "./services/nodemanager";
import { resourceManager } from "./services/resourcemanager";
import type { Service } from "./services/service";
import { temporal } from "./services/temporal";

/** What is started only where it is asked for by name. */
export const FURTHER_SERVICES: Service[] = [
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

/** Every service of the sandbox, in the order in which they are started. */
export const SERVICES: Service[] = [
  temporal,
  nameNode,
  dataNode,
  kafka,
  metastore,
  resourceManager,
  nodeManager,
  mariaDb,
];
