import { writeFileSync } from "node:fs";
import { bundleWorkflowCode } from "@temporalio/worker";

/** Bundles the workflows into a file. A process of its own: the bundler's memory (200 MB) is needed for a second, a worker lives for weeks. */
async function main(file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve("../workflows/index.ts"),
  });
  writeFileSync(file, code);
}

main(process.argv[2]!).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
