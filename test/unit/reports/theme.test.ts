import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gridText } from "../../../cli/output";
import { VERDICT, VERDICTS } from "../../../domain/audit/verdicts";
import { toHtml } from "../../../reports/document";
import { gridMarkdown } from "../../../reports/grid";
import { lookOf, THEME } from "../../../reports/theme";

const HOUR = "2018-07-05T03";

test.each(VERDICTS.filter((verdict) => verdict !== "empty"))(
  "%s has the same sign in terminal, HTML and Markdown, and the colour of its row",
  (verdict) => {
    const grid = [{ topic: "eventlogging_Edit", cells: { [HOUR]: verdict } }];
    const { sign } = VERDICT[verdict];
    const { hex } = lookOf(verdict);
    expect(toHtml("t", [{ grid }])).toMatch(
      new RegExp(`background:${hex}"[^>]*>[${sign}]<`),
    );
    expect(gridMarkdown(grid)).toContain(`\`${sign}\` ${verdict}`);
    expect(gridText(grid)).toContain(`${sign} ${verdict}`);
  },
);

test("late and unknowable hours are not shown in the red of broken ones", () => {
  for (const verdict of ["late", "unknowable"] as const)
    expect(lookOf(verdict)).not.toEqual(THEME.broken);
});

test("the dashboard, which shows no verdicts, takes the colours of its thresholds from the theme", () => {
  const dashboard = readFileSync(
    join(
      __dirname,
      "../../../temporal-config/monitoring/grafana-dashboard.json",
    ),
    "utf8",
  );
  const colours = [...dashboard.matchAll(/"color": "([^"]+)"/g)].map(
    (match) => match[1],
  );
  expect(new Set(colours)).toEqual(
    new Set([THEME.broken.grafana, THEME.caution.grafana, THEME.good.grafana]),
  );
});
