import type { Socket } from "node:net";
import { EndOfBytes } from "../../formats/format-error";
import {
  decodeSaslMessage,
  encodeSaslMessage,
  type SaslMessage,
  type SaslStatus,
} from "../../formats/hive/sasl-message";
import { NotActive } from "../addresses";
import { NotBelieved, saslByKerberos } from "../kerberos/sasl";
import type { Kerberos } from "../kerberos/kerberos";

const MECHANISM = Buffer.from("GSSAPI");

/**
 * Proves to a metastore who Sisyphus is, on a connection that was just made. From then on Thrift's messages have their length before them
 * (TFramedTransport's form).
 * @param host as the metastore's principal writes it
 */
export async function proveOn(
  socket: Socket,
  kerberos: Kerberos,
  { service, host }: { service: string; host: string },
): Promise<void> {
  const messages = new Messages(socket);
  try {
    messages.send("start", MECHANISM);
    let status: SaslStatus = "start";
    await saslByKerberos(kerberos, { service, host }, async (token) => {
      messages.send("ok", token);
      const answer = await messages.next();
      status = answer.status;
      if (status === "bad" || status === "error")
        throw new NotBelieved(
          `it does not let in ${kerberos.identity}: ${answer.body.toString("utf8")}`,
        );
      return answer.body;
    });
    if ((status as SaslStatus) !== "complete")
      throw new Error("it did not say that the proof is complete");
  } finally {
    messages.close();
  }
}

/** Messages of the proof, as they come over a socket. */
class Messages {
  private bytes: Buffer = Buffer.alloc(0);
  private failure: Error | undefined;
  private wake: () => void = () => undefined;
  private readonly onData = (piece: Buffer) => {
    this.bytes = Buffer.concat([this.bytes, piece]);
    this.wake();
  };
  private readonly onError = (error: Error) => {
    this.failure ??= error;
    this.wake();
  };
  private readonly onClose = () =>
    this.onError(
      new NotActive("it closed the connection while it was told who asks"),
    );

  constructor(private readonly socket: Socket) {
    socket.on("data", this.onData);
    socket.on("error", this.onError);
    socket.on("close", this.onClose);
  }

  send(status: SaslStatus, body: Buffer): void {
    this.socket.write(encodeSaslMessage({ status, body }));
  }

  async next(): Promise<SaslMessage> {
    for (;;) {
      try {
        const { message, rest } = decodeSaslMessage(this.bytes);
        this.bytes = rest;
        return message;
      } catch (error) {
        if (!(error instanceof EndOfBytes)) throw error;
      }
      if (this.failure) throw this.failure;
      await new Promise<void>((wake) => (this.wake = wake));
    }
  }

  /** Nothing is taken from the socket any more. */
  close(): void {
    this.socket.off("data", this.onData);
    this.socket.off("error", this.onError);
    this.socket.off("close", this.onClose);
  }
}
