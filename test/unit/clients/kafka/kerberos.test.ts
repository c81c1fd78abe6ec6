import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { Explained } from "../../../../clients/errors";
import { KafkaConnection } from "../../../../clients/kafka/connection";
import type { Kerberos } from "../../../../clients/kerberos/kerberos";
import { security } from "../../../../domain/settings/sections/security";

const int16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const NO_ERROR = int16(0);
/** What the broker knows, each in its versions 0 and 1: SaslHandshake, ApiVersions, SaslAuthenticate. */
const APIS = [17, 18, 36];
const ANSWERS: Record<number, Buffer> = {
  17: Buffer.concat([NO_ERROR, int32(1), int16(6), Buffer.from("GSSAPI")]),
  18: Buffer.concat([
    NO_ERROR,
    int32(APIS.length),
    ...APIS.flatMap((api) => [int16(api), int16(0), int16(1)]),
    int32(0),
  ]),
};

/** A broker that comes as far as the question who asks. */
const broker = (): Server =>
  createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (request) => {
      const answer = Buffer.concat([
        request.subarray(8, 12),
        ANSWERS[request.readInt16BE(4)]!,
      ]);
      socket.write(Buffer.concat([int32(answer.length), answer]));
    });
  });

test("where no ticket is to be had, Kerberos is told of at once, with whom it was asked for, and not what lies behind it", async () => {
  const told = "Kerberos, for kafka@localhost: no answer of the KDC in 8 s";
  let begun = 0;
  const kerberos = {
    begin: async () => {
      begun++;
      throw new Explained(told, { cause: new Error("no answer of the KDC") });
    },
  } as unknown as Kerberos;
  const server = broker();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { kafka } = security.parse({
    kerberos: { cache: "c" },
    kafka: { sasl: { mechanism: "gssapi" } },
  });
  const connection = new KafkaConnection([address], kafka, kerberos);
  try {
    await expect(
      connection.withAdmin((admin) => admin.listTopics()),
    ).rejects.toThrow(`Kafka at ${address}: ${told}`);
    // Attempts of kafkajs' own would each take the KDC's time, and together more than whoever asks has.
    expect(begun).toBe(1);
  } finally {
    await connection.close();
    server.close();
  }
});
