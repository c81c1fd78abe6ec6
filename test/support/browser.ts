import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import packaged from "@sparticuz/chromium";
import { chromium, type Page } from "playwright-core";
import { until } from "../../sandbox/platform/wait";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The machine's Chromium, else the one that comes in an npm package with the libraries it needs. */
async function executable(): Promise<string> {
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((dir) => join(dir, "chromium"))
    .find((path) => existsSync(path));
  return found ?? packaged.executablePath();
}

/** Opens a page with a fresh profile and closes everything afterwards. */
export async function withPage<T>(use: (page: Page) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), "sisyphus-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await executable(),
    args: FLAGS,
    viewport: { width: 1400, height: 1000 },
  });
  try {
    return await use(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** The texts of every table cell of a page; the Web UI renders Markdown in frames of its own. */
async function cells(page: Page): Promise<string[]> {
  const texts = await Promise.all(
    page.frames().map((frame) => frame.locator("table td").allInnerTexts()),
  );
  return texts.flat().map((text) => text.trim());
}

/**
 * Opens a page and waits until its tables hold the wanted text; opens it anew meanwhile, as the Web UI asks a worker once
 * and does not ask again where that one had just died. @returns the texts of all cells
 */
export function cellsWith(
  page: Page,
  url: string,
  wanted: string,
): Promise<string[]> {
  return until(`"${wanted}" to be shown at ${url}`, 60, async () => {
    await page.goto(url);
    return until(
      `"${wanted}"`,
      8,
      async () => {
        const texts = await cells(page);
        return texts.includes(wanted) ? texts : undefined;
      },
      250,
    );
  });
}
