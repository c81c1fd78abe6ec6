import { AclOperationTypes, AclResourceTypes } from "kafkajs";
import { Kafka } from "../../../clients/kafka/kafka";
import type { CheckedRight } from "../../../domain/rights/rights";
import { enterSandbox } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { down, reset, up } from "../../../sandbox/platform/up";
import { until } from "../../../sandbox/platform/wait";
import {
  CA,
  keystoreOf,
  STORE_PASSWORD,
} from "../../../sandbox/secured/certificates";
import { SISYPHUS_RIGHTS } from "../../../sandbox/secured/kafka-owners";
import { secure } from "../../../sandbox/secured/secure";
import { hasKerberos } from "../../../sandbox/secured/tickets";
import { sisyphus } from "../../support/cli";

const testWithKerberos = hasKerberos() ? test : test.skip;
const ADMIN = {
  tls: {
    ca: CA,
    keystore: keystoreOf("admin"),
    passphrase: { variable: "TEST_KEYSTORE_PASSWORD" },
  },
};
const quiet = () => undefined;

/** A broker that gives nobody a right by itself; everything else does not run. */
beforeAll(async () => {
  if (!hasKerberos()) return;
  await reset(quiet);
  secure();
  await up(quiet, ["kdc", "secured-kafka"]);
  enterSandbox();
  process.env["TEST_KEYSTORE_PASSWORD"] = STORE_PASSWORD;
}, 300_000);

afterAll(() => down(quiet), 120_000);

testWithKerberos(
  "`config check` tries each right, and says of a lacking one what to ask for",
  async () => {
    const onKafka = async () => {
      const { stdout } = await sisyphus("config", "check", "--json");
      const { rights } = JSON.parse(stdout) as { rights: CheckedRight[] };
      return rights.filter((r) => r.service === "Kafka" && r.isNeeded);
    };
    const admin = new Kafka([`localhost:${ports().kafkaTls}`], ADMIN);
    await admin.withAdmin((a) =>
      a.createTopics({ topics: [{ topic: "eventlogging_Edit" }] }),
    );
    const before = await until(
      "the transactions' coordinator",
      60,
      async () => {
        const rights = await onKafka();
        return rights.every(({ state }) => state !== "not tried") && rights;
      },
    );
    expect(before.length).toBeGreaterThan(6);
    expect(before.filter(({ state }) => state !== "ok")).toEqual([]);

    const taken = SISYPHUS_RIGHTS.filter(
      ({ operation, resourceType }) =>
        operation === AclOperationTypes.ALTER_CONFIGS ||
        resourceType === AclResourceTypes.TRANSACTIONAL_ID,
    );
    expect(taken).toHaveLength(2);
    await admin.withAdmin((a) => a.deleteAcls({ filters: taken }));
    try {
      const missing = (await onKafka()).filter(({ state }) => state !== "ok");
      expect(missing.map(({ id, state }) => [id, state])).toEqual([
        ["topicAlterConfigs", "MISSING"],
        ["transactionalIdWrite", "MISSING"],
      ]);
      const grants = missing.flatMap((r) =>
        r.state === "MISSING" ? r.grant : [],
      );
      expect(grants[0]).toMatch(
        /^kafka-acls\.sh .* --allow-principal User:sisyphus --operation AlterConfigs --topic eventlogging_/,
      );
      expect(grants[1]).toMatch(
        /^kafka-acls\.sh .* --allow-principal User:sisyphus --operation Write --transactional-id sisyphus-/,
      );
    } finally {
      await admin.withAdmin((a) => a.createAcls({ acl: taken }));
      await admin.close();
    }
  },
  180_000,
);
