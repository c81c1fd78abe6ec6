import { createServer, connect, type Server, type Socket } from "node:net";

/** What a service between which and the worker a proxy stands seems to do. */
export type Mood = "well" | "refuses" | "hangs" | "fails";

const ANSWER =
  "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

/** A TCP proxy on loopback: passes everything on, or refuses, never answers, or (HTTP) answers 503. */
export class Proxy {
  mood: Mood = "well";
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(
    private readonly port: number,
    private readonly target: number,
  ) {}

  async start(): Promise<void> {
    this.server = createServer((socket) => {
      this.keep(socket);
      if (this.mood === "refuses") socket.destroy();
      else if (this.mood === "fails") socket.end(ANSWER);
      else if (this.mood === "well") {
        const onward = connect(this.target, "127.0.0.1");
        this.keep(onward);
        socket.pipe(onward).pipe(socket);
        socket.on("close", () => onward.destroy());
        onward.on("close", () => socket.destroy());
      }
    });
    await new Promise<void>((done, fail) => {
      this.server!.once("error", fail);
      this.server!.listen(this.port, "127.0.0.1", done);
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.sockets.delete(socket));
  }

  /** Open connections end: none of them keeps the old mood. */
  change(mood: Mood): void {
    this.mood = mood;
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.change("well");
    await new Promise((done) => this.server?.close(done) ?? done(undefined));
  }
}
