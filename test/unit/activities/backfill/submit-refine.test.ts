import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createSubmitRefineActivities } from "../../../../activities/backfill/submit-refine";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import { Storage } from "../../../../clients/storage";
import type { Application, Yarn } from "../../../../clients/yarn/yarn";
import type { Config } from "../../../../domain/settings/config";
import { sha256 } from "../../../../lib/digest";
import { MemoryHdfs } from "../../../chaos/memory/systems";

const APPROVED = "the approved jar";
const jar = join(mkdtempSync(join(tmpdir(), "refine-")), "refine.jar");

/** Submits a job whose plan has the approved jar's digest. @returns how many applications were submitted */
async function submitted(besides: string[] = []): Promise<number> {
  let count = 0;
  const hdfs = new MemoryHdfs() as unknown as Hdfs;
  const { submitRefine } = createSubmitRefineActivities({
    config: {
      refine: {
        submit: ["spark-submit"],
        class: "Refine",
        allowedSha256: [sha256(APPROVED)],
      },
    } as unknown as Config,
    hdfs,
    storage: new Storage(hdfs, "/sisyphus"),
    yarn: { running: async () => [], link: () => "" } as unknown as Yarn,
    submitter: {
      isSubmitting: (mainClass) => besides.includes(mainClass),
      submit: async (_job, beforeSubmitting) => {
        await beforeSubmitting?.();
        count++;
        return { id: "application_1_1" } as Application;
      },
    },
  });
  const job = {
    jar,
    sha256: sha256(APPROVED),
    class: "Refine",
    arguments: ["--transform-functions", "deduplicate,geocode_ip"],
  };
  await new MockActivityEnvironment().run(() => submitRefine({ job }));
  return count;
}

test("the jar that was approved is submitted", async () => {
  writeFileSync(jar, APPROVED);
  await expect(submitted()).resolves.toBe(1);
});

test("a jar whose bytes were replaced after the plan is refused", async () => {
  writeFileSync(jar, "the outdated jar");
  await expect(submitted()).rejects.toThrow(
    `has the sha256 ${sha256("the outdated jar")} on the host that submits`,
  );
});

test("beside a Refine that another process of this host submits, and that YARN does not show yet, none is submitted", async () => {
  writeFileSync(jar, APPROVED);
  await expect(submitted(["Refine"])).rejects.toThrow(
    "another Refine is being submitted on this host",
  );
  await expect(submitted(["org.example.Other"])).resolves.toBe(1);
});
