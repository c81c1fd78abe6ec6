import type { Kerberos } from "../../../../clients/kerberos/kerberos";
import { NotBelieved, saslByKerberos } from "../../../../clients/kerberos/sasl";

let forgotten = 0;
/** A proof of two rounds; what is wrapped has a letter before it. */
const kerberos = () => {
  let rounds = 1;
  return {
    forgetTickets: () => void forgotten++,
    begin: async () => ({
      get isComplete() {
        return rounds === 2;
      },
      first: Buffer.from("request"),
      step: async () => Buffer.alloc(++rounds < 0 ? 1 : 0),
      unwrap: async (message: Buffer) => message.subarray(1),
      wrap: async (message: Buffer) =>
        Buffer.concat([Buffer.from("w"), message]),
    }),
  } as unknown as Kerberos;
};
const SERVICE = { service: "kafka", host: "broker" };

const offering = (layers: number, sent: string[]) => async (token: Buffer) => {
  sent.push(token.toString("latin1"));
  // The second token is empty: then the service offers its layers.
  return sent.length === 2
    ? Buffer.from([0x77, layers, 0, 1, 0])
    : Buffer.alloc(0);
};

test.each([1, 3, 7])(
  "the proof alone is chosen where it is offered (%i)",
  async (layers) => {
    const sent: string[] = [];
    await saslByKerberos(kerberos(), SERVICE, offering(layers, sent));
    expect(sent).toEqual(["request", "", "w\x01\0\0\0"]);
  },
);

test.each([2, 4, 6])(
  "a service that wants more than the proof is told of (%i)",
  async (layers) => {
    const sent: string[] = [];
    await expect(
      saslByKerberos(kerberos(), SERVICE, offering(layers, sent)),
    ).rejects.toThrow("kafka at broker wants each message signed or encrypted");
    expect(sent).toHaveLength(2);
  },
);

test.each([
  [new NotBelieved("it does not let in sisyphus"), 1],
  [
    Object.assign(new Error("not believed"), {
      type: "SASL_AUTHENTICATION_FAILED",
    }),
    1,
  ],
  [new Error("Connection timeout"), 0],
])(
  "tickets are forgotten where a service does not believe them, and not where it does not answer: %s",
  async (failure, times) => {
    forgotten = 0;
    await expect(
      saslByKerberos(kerberos(), SERVICE, async () => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(forgotten).toBe(times);
  },
);
