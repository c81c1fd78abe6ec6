import { toHtml, toMarkdown } from "../../../reports/document";

test("nothing in a text is taken for markup", () => {
  const blocks = [
    { text: '<script>alert("x")</script>' },
    { table: { head: ["a"], rows: [["x | y\n<b>"]] } },
    {
      grid: [{ topic: "<i>", cells: { "2018-06-26T18": "complete" as const } }],
    },
  ];
  expect(toHtml("<t>", blocks)).not.toMatch(/<(script|b|i|t)>/);
  expect(toMarkdown("t", blocks)).toContain(String.raw`| x \| y <b> |`);
});
