import { Command } from "commander";
import { addCommands as addAuditCommands } from "../../../../cli/commands/audit";
import { addCommands as addBackfillCommands } from "../../../../cli/commands/backfill";
import { addCommands as addIncidentCommands } from "../../../../cli/commands/incident";
import { addCommands as addSchedulesCommands } from "../../../../cli/commands/schedules";
import { connectClient } from "../../../../workers/connection";

jest.mock("../../../../workers/connection", () => ({
  connectClient: jest.fn(() => Promise.reject(new Error("was connected to"))),
}));

test.each([
  [
    addBackfillCommands,
    "start --since yesterday --until 2018-07-05T03",
    /since/,
  ],
  [
    addBackfillCommands,
    "plan --since 2018-07-05T04 --until 2018-07-05T03",
    /until/,
  ],
  // Given and empty, as by a shell: it must not mean everything.
  [
    addBackfillCommands,
    "start --since 2018-07-05T03 --until 2018-07-05T04 --hours ",
    /hours: names no/,
  ],
  [
    addBackfillCommands,
    "start --since 2018-07-05T03 --until 2018-07-05T04 --causes ",
    /causes: names no/,
  ],
  [
    addBackfillCommands,
    "start --since 2018-07-05T03 --until 2018-07-05T04 --from-report ",
    /fromReport: names no/,
  ],
  [addAuditCommands, "run --as-of noon", /asOf/],
  [addAuditCommands, "headroom --as-of noon", /asOf/],
  [addIncidentCommands, "snooze eventlogging_Edit soon", /soon/],
  [addSchedulesCommands, "apply no-such-file.yaml", /no-such-file/],
  [addSchedulesCommands, "diff no-such-file.yaml", /no-such-file/],
])(
  "wrong input is told before anything is connected to: %p %s",
  async (add, line, told) => {
    const command = new Command();
    add(command);
    await expect(
      command.parseAsync(line.split(" "), { from: "user" }),
    ).rejects.toThrow(told);
    expect(connectClient).not.toHaveBeenCalled();
  },
);
