import { goesOnText } from "../../../cli/result-of";

test("ctrl-C tells what goes on and the command that shows it", () => {
  expect(
    goesOnText("backfill/july", "sisyphus backfill status backfill/july"),
  ).toContain(
    "backfill/july goes on without this command.\nFollow it: sisyphus backfill status backfill/july",
  );
});
