import { createServer } from "node:net";

/** Each service's port as an offset from the base, `SISYPHUS_PORT_BASE` (default 17000). */
const OFFSETS = {
  nameNode: 20,
  resourceTracker: 31,
  resourceManager: 32,
  scheduler: 30,
  resourceManagerAdmin: 33,
  nodeManager: 41,
  localizer: 40,
  nodeManagerWeb: 42,
  dataNodeHttp: 64,
  dataNode: 66,
  dataNodeIpc: 67,
  nameNodeHttp: 70,
  metastore: 83,
  resourceManagerWeb: 88,
  kafka: 92,
  controller: 93,
  kafkaSasl: 94,
  kafkaTls: 95,
  kafkaSecuredController: 96,
  kdc: 100,
  journalNode: 101,
  journalNodeHttps: 102,
  securedNameNode1: 103,
  securedNameNode1Https: 104,
  securedNameNode2: 105,
  securedNameNode2Https: 106,
  securedDataNode: 107,
  securedDataNodeHttps: 108,
  securedDataNodeIpc: 109,
  securedMetastore: 110,
  securedResourceManager1: 111,
  securedResourceManager1Scheduler: 112,
  securedResourceManager1Tracker: 113,
  securedResourceManager1Admin: 114,
  securedResourceManager1Https: 115,
  securedResourceManager2: 116,
  securedResourceManager2Scheduler: 117,
  securedResourceManager2Tracker: 118,
  securedResourceManager2Admin: 119,
  securedResourceManager2Https: 120,
  securedNodeManager: 121,
  securedLocalizer: 122,
  securedNodeManagerHttps: 123,
  securedCollector: 124,
  temporal: 233,
  temporalUi: 280,
  temporalMetrics: 234,
  metrics: 235,
  alertmanager: 236,
  webHdfsProxy: 237,
  metastoreProxy: 238,
  temporalTls: 239,
  mariadb: 306,
} as const;

export type PortName = keyof typeof OFFSETS;
export type Ports = Record<PortName, number>;

/** @throws Error when `SISYPHUS_PORT_BASE` is not a port number that leaves room for every service. */
export function ports(): Ports {
  const given = process.env["SISYPHUS_PORT_BASE"] ?? "17000";
  const base = Number(given);
  if (!Number.isInteger(base) || base < 1024 || base > 65000) {
    throw new Error(
      `SISYPHUS_PORT_BASE: got "${given}", allowed are whole numbers from 1024 to 65000`,
    );
  }
  return Object.fromEntries(
    Object.entries(OFFSETS).map(([name, offset]) => [name, base + offset]),
  ) as Ports;
}

/** Whether nobody listens on a loopback port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
