import { auditCommand } from "../../../../cli/commands/audit";
import { backfillCommand } from "../../../../cli/commands/backfill";
import { incidentCommand } from "../../../../cli/commands/incident";
import { schedulesCommand } from "../../../../cli/commands/schedules";
import { connectClient } from "../../../../workers/connection";

jest.mock("../../../../workers/connection", () => ({
  connectClient: jest.fn(() => Promise.reject(new Error("was connected to"))),
}));

test.each([
  [backfillCommand, "start --since yesterday --until 2018-07-05T03", /since/],
  [
    backfillCommand,
    "plan --since 2018-07-05T04 --until 2018-07-05T03",
    /until/,
  ],
  [auditCommand, "run --as-of noon", /asOf/],
  [auditCommand, "headroom --as-of noon", /asOf/],
  [incidentCommand, "snooze eventlogging_Edit soon", /soon/],
  [schedulesCommand, "apply no-such-file.yaml", /no-such-file/],
  [schedulesCommand, "diff no-such-file.yaml", /no-such-file/],
])(
  "wrong input is told before anything is connected to: %p %s",
  async (command, line, told) => {
    await expect(
      command().parseAsync(line.split(" "), { from: "user" }),
    ).rejects.toThrow(told);
    expect(connectClient).not.toHaveBeenCalled();
  },
);
