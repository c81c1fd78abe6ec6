import type { Hdfs } from "../clients/hdfs/hdfs";

/**
 * The days (`2018-07-05`) below a directory of years, months and days.
 * @param numberIn the number in a directory's name, padded with zeros; undefined for a name that is none of the importer's
 */
export async function daysBelow(
  hdfs: Hdfs,
  rawDir: string,
  numberIn: (name: string) => string | undefined,
): Promise<string[]> {
  const children = async (dir: string) =>
    ((await hdfs.list(dir)) ?? []).flatMap(({ name }) => {
      const number = numberIn(name);
      return number === undefined ? [] : [{ number, dir: `${dir}/${name}` }];
    });
  const days: string[] = [];
  for (const year of await children(rawDir))
    for (const month of await children(year.dir))
      for (const day of await children(month.dir))
        days.push(`${year.number}-${month.number}-${day.number}`);
  return days;
}
