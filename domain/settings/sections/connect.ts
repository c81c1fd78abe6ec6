import { z } from "zod";
import { addressWith, wholeAddress } from "./receiver-address";

const { basic, bearer, kerberos, tls } = wholeAddress.shape;

/** Kafka Connect's REST interface, and the connector that imports. */
export const connect = addressWith({
  url: wholeAddress.shape.url.describe(
    "The REST address of a worker of the Connect cluster (3.6 or later), or of what stands before them.",
  ),
  connector: z
    .string()
    .regex(/^[^/\p{Cc}]+$/u, "a connector's name, without a slash")
    .describe("The sink connector's name."),
  basic: basic.describe("Who asks, by basic authorization (RFC 7617)."),
  bearer: bearer.describe(
    "A token that says who asks (RFC 6750), instead of `basic`.",
  ),
  kerberos: kerberos.describe(
    "Who asks, by Kerberos (SPNEGO) as `security.kerberos` says, instead of `basic`.",
  ),
  tls: tls.describe(
    "How Connect is known over https, and how it knows who asks; without it by Node's own list of authorities.",
  ),
  quietSeconds: z
    .int()
    .min(1)
    .default(600)
    .describe(
      "Seconds within which the sink commits something wherever it has something to write: more than `rotate.interval.ms` and `offset.flush.interval.ms` together. A backfill that sees no position move for so long takes it that the sink has written what it can.",
    ),
});
export type ConnectSettings = z.infer<typeof connect>;
