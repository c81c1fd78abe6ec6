import { join } from "node:path";

/**
 * Gives a command a sandbox of its own (`var/<dir>`, ports from `portBase`), so that it can run beside the operator's and
 * the tests'. What the environment says already stays. To be called before any module of the sandbox is loaded: they read
 * the environment once.
 * @param heapFactor by how much the services' heaps are larger than the incident needs
 */
export function useOwnSandbox(
  dir: string,
  portBase: number,
  heapFactor = 1,
): void {
  process.env["SISYPHUS_SANDBOX_DIR"] ??= join(__dirname, "..", "var", dir);
  process.env["SISYPHUS_PORT_BASE"] ??= String(portBase);
  process.env["SISYPHUS_HEAP_FACTOR"] ??= String(heapFactor);
}
