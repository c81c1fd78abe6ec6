import { countDistinct, WORDS } from "../../../lib/distinct";

/** Records of some groups, each many times; digests of one group occur in the others, too. */
function someRecords(records: number, groups: number, distinct: number) {
  const pieces: Uint32Array[] = [];
  const truth = Array.from({ length: groups }, () => new Set<number>());
  let random = 7;
  const next = (below: number) => {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    return (random >>> 8) % below;
  };
  for (let done = 0; done < records; done += 100) {
    const piece = new Uint32Array(100 * WORDS);
    for (let i = 0; i < 100; i++) {
      const [group, thing] = [next(groups), next(distinct)];
      truth[group]!.add(thing);
      const spread = Math.imul(thing + 1, 0x9e3779b1) >>> 0;
      piece.set([group, spread, Math.imul(spread, 31), thing], i * WORDS);
    }
    pieces.push(piece);
  }
  return { pieces, truth: truth.map((set) => set.size) };
}
const reading = (pieces: Uint32Array[]) =>
  async function* () {
    yield* pieces;
  };

test.each([1 << 20, 4096, 64])(
  "distinct records are counted right with %i slots, however often each occurs",
  async (maxSlots) => {
    const { pieces, truth } = someRecords(20_000, 7, 900);
    const counts = await countDistinct(reading(pieces), 7, 20_000, maxSlots);
    expect([...counts]).toEqual(truth);
  },
);

test("records are counted right where there are more than was expected", async () => {
  const { pieces, truth } = someRecords(5000, 3, 2000);
  const counts = await countDistinct(reading(pieces), 3, 1, 128);
  expect([...counts]).toEqual(truth);
});

test("of nothing there is nothing", async () => {
  expect([...(await countDistinct(reading([]), 2, 0, 64))]).toEqual([0, 0]);
});
