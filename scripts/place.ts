import { join } from "node:path";

/** Gives a command a sandbox of its own, beside the operator's and the tests'; to be called before any module of the sandbox is loaded. */
export function place(dir: string, portBase: number, heapFactor = 1): void {
  process.env["SISYPHUS_SANDBOX_DIR"] ??= join(__dirname, "..", "var", dir);
  process.env["SISYPHUS_PORT_BASE"] ??= String(portBase);
  process.env["SISYPHUS_HEAP_FACTOR"] ??= String(heapFactor);
}
