import { Command } from "commander";
import { GUARDS } from "../test/guards/table";
import { Copy } from "../test/guards/try-guard";

/**
 * Takes each guard of test/guards/table.ts out of a copy of this checkout and expects its test to fail: seeds find what nobody thought of, and
 * say nothing of a guard whose moment they do not meet.
 *
 *   npm run guards
 *   npm run guards -- --only retention
 */
new Command("guards")
  .description("every guard has a test that fails without it")
  .option("--only <text>", "only guards whose file or purpose has this text")
  .action(({ only = "" }: { only?: string }) => {
    const guards = GUARDS.filter(({ file, without }) =>
      `${file} ${without}`.includes(only),
    );
    const copy = new Copy();
    let missed = 0;
    try {
      for (const guard of guards) {
        const fault = copy.try(guard);
        if (fault !== undefined) missed++;
        console.log(
          `${fault === undefined ? "ok    " : "MISSED"} ${guard.file}: without it, ${guard.without}${fault === undefined ? "" : ` (${fault})`}`,
        );
      }
    } finally {
      copy.remove();
    }
    console.log(`${guards.length} guards, ${missed} missed`);
    if (missed > 0) process.exitCode = 1;
  })
  .parse();
