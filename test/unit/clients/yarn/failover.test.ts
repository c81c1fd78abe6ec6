import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Yarn } from "../../../../clients/yarn/yarn";

/** A ResourceManager: active, or a standby that sends on to the other one, or to nobody where none is active (Hadoop 3.4). */
class ResourceManager {
  state: "active" | "standby" | "none active" | "gateway" = "active";
  other: ResourceManager | undefined;
  asked = 0;
  private readonly server: Server = createServer((request, response) => {
    this.asked++;
    request.resume();
    if (this.state === "active") {
      response.setHeader("content-type", "application/json");
      const body =
        request.method === "PUT" ? { state: "KILLED" } : { apps: null };
      response.end(JSON.stringify(body));
      return;
    }
    if (this.state === "gateway") {
      response.statusCode = 502;
      response.end("<html>no backend</html>");
      return;
    }
    response.statusCode = 307;
    if (this.state === "standby")
      response.setHeader("location", `${this.other!.address}${request.url!}`);
    else response.setHeader("refresh", `3; url=${this.address}${request.url!}`);
    response.end();
  });

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  start = () =>
    new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

let one: ResourceManager;
let two: ResourceManager;
let yarn: Yarn;
beforeEach(async () => {
  [one, two] = [new ResourceManager(), new ResourceManager()];
  [one.other, two.other] = [two, one];
  await Promise.all([one.start(), two.start()]);
  yarn = new Yarn([one.address, two.address], "sisyphus");
});
afterEach(() => [one, two].forEach((each) => each.stop()));

test("a standby sends on to the active one, for questions and for a kill", async () => {
  one.state = "standby";
  expect(await yarn.running()).toEqual([]);
  await yarn.kill("application_1_0001");
  expect(two.asked).toBe(2);
});

test("one that is gone, or knows of no active one, is passed over", async () => {
  one.state = "none active";
  expect(await yarn.running()).toEqual([]);
  one.stop();
  await yarn.kill("application_1_0001");
  expect(two.asked).toBe(2);
  expect(yarn.link("application_1_0001")).toBe(
    `${two.address}/cluster/app/application_1_0001`,
  );
});

test("behind a gateway that has nobody to ask, the other address is asked; a kill may have been made", async () => {
  one.state = "gateway";
  expect(await yarn.running()).toEqual([]);
  expect(two.asked).toBe(1);
  const alone = new Yarn([one.address, two.address], "sisyphus");
  await expect(alone.kill("application_1_1")).rejects.toThrow("502");
  expect(two.asked).toBe(1);
});
