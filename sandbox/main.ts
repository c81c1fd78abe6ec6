import { Command } from "commander";
import { incident } from "./incident/incident";
import { isSecured } from "./platform/kind";
import { setup } from "./platform/setup";
import { guardTemporal } from "./secured/temporal";
import { secure } from "./secured/secure";
import { ticketCache } from "./secured/tickets";
import { scheduleCommand } from "./schedule-command";
import { down, reset, status, up } from "./platform/up";

const say = (line: string) => console.log(line);

const program = new Command("sandbox").description(
  "The real platform on one machine: Kafka, HDFS, YARN, Spark, Hive metastore, MariaDB, Temporal",
);
program
  .command("setup")
  .description("install what is missing into the cache")
  .action(async () => void (await setup(say)));
program
  .command("up")
  .description("start what does not run")
  .option(
    "--secure",
    "a cluster with Kerberos, TLS, ACLs, two NameNodes and two ResourceManagers",
  )
  .action(async (o: { secure?: boolean }) => {
    if (o.secure) secure();
    await up(say);
  });
program
  .command("down")
  .description("stop everything, keep the data")
  .action(() => down(say));
program
  .command("reset")
  .description("stop everything and remove the data")
  .action(() => reset(say));
program
  .command("status")
  .description(
    "what runs, where, with links; exit code 1 where something does not",
  )
  .option("--json", "print JSON")
  .action(async (o: { json?: boolean }) => {
    const all = await status();
    if (o.json) say(JSON.stringify(all, null, 2));
    else
      for (const s of all)
        say(
          `${s.service.padEnd(22)} ${s.address.padEnd(16)} ${s.state.padEnd(14)} ${s.link ?? ""}`,
        );
    if (all.some((s) => s.state !== "up")) process.exitCode = 1;
  });
program
  .command("guard-temporal", { hidden: true })
  .description("stand before Temporal and ask for certificates")
  .action(() => guardTemporal());
program
  .command("incident")
  .description("play the history up to July 5, 2018 (once)")
  .action(() => incident(say));
program
  .command("ticket")
  .description(
    "take a Kerberos ticket for the owner of the jobs; prints its cache, for KRB5CCNAME",
  )
  .action(() => {
    if (!isSecured())
      throw new Error("this sandbox is an open one: nobody asks for tickets");
    say(ticketCache("sisyphus"));
  });
program.addCommand(scheduleCommand(say));
program.parseAsync().catch((error: Error) => {
  console.error(`sandbox: ${error.message}`);
  process.exit(1);
});
