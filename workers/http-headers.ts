import { createHash } from "node:crypto";
import { PAGE_STYLES } from "../reports/html";

const source = (text: string) =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * Reports are documents: they have styles and links, and nothing else. What else a page had would come from a name that somebody gave a
 * topic, and must not run. Styles are allowed one by one; `unsafe-hashes` is what a style attribute needs beside its hash.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'unsafe-hashes' ${PAGE_STYLES.map(source).join(" ")}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What every answer carries. */
export const SAFE_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  // An address may carry a token, and names workflows.
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;
