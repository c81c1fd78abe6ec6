import { Explained } from "../errors";
import type { Kerberos } from "./kerberos";

/** Bits of a security layer (RFC 4752, section 3.3): none behind the proof, none of each message. */
const NO_LAYER = 1;

/** A service's word that it does not believe the proof. */
export class NotBelieved extends Explained {}

/** Whether a service does not believe the proof; kafkajs has words of its own for that. */
const isDisbelief = (error: unknown): boolean =>
  error instanceof NotBelieved ||
  (error as { type?: string }).type === "SASL_AUTHENTICATION_FAILED" ||
  (error as Error).name === "KafkaJSSASLAuthenticationError";

/**
 * Proves who Sisyphus is, by SASL's mechanism GSSAPI (RFC 4752).
 * @param send hands a token to the service, and returns its answer
 * @throws Error where the service wants more than the proof
 */
export async function saslByKerberos(
  kerberos: Kerberos,
  { service, host }: { service: string; host: string },
  send: (token: Buffer) => Promise<Buffer>,
): Promise<void> {
  const proof = await kerberos.begin(service, host, "Kerberos");
  let answer: Buffer;
  try {
    answer = await send(proof.first);
    while (!proof.isComplete) answer = await send(await proof.step(answer));
  } catch (error) {
    // A ticket that was taken before the service got new keys is of no use any more: the next attempt takes another.
    if (isDisbelief(error)) kerberos.forgetTickets();
    throw error;
  }
  const offer = await proof.unwrap(answer);
  if (((offer[0] ?? 0) & NO_LAYER) === 0)
    throw new Error(
      `${service} at ${host} wants each message signed or encrypted (its quality of protection is auth-int or auth-conf); only \`auth\` is supported`,
    );
  // The layer, and no message longer than nothing, as there is none; who proves is who asks.
  await send(await proof.wrap(Buffer.from([NO_LAYER, 0, 0, 0])));
}
