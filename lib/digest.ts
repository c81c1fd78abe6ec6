import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** The SHA-256 of a text (as UTF-8) or of bytes, as 64 hex digits. */
export const sha256 = (data: string | Buffer): string =>
  createHash("sha256").update(data).digest("hex");

/** The first digits of a text's SHA-256: enough to tell names apart, short enough for a path. */
export const shortDigest = (text: string, digits = 12): string =>
  sha256(text).slice(0, digits);

/** The SHA-256 of a local file of any size. @throws Error where it cannot be read */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
