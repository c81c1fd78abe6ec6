import { sceneOf } from "./scene";

/**
 * An attempt of a search in a process of its own. Once some files are recorded it records no other, and says `open` and the files that it has
 * begun as soon as as many are read to their end as are read side by side: at no moment would more be lost with it.
 *   attempt.ts <folder of the archive> <folder of storage> <files that it records> <files that are read side by side>
 */
async function main(
  archive: string,
  folder: string,
  records: number,
  width: number,
): Promise<void> {
  const begun = new Set<string>();
  const { attempt, hdfs } = await sceneOf(archive, folder, (path) =>
    begun.add(path),
  );
  const create = hdfs.create.bind(hdfs);
  let recorded = 0;
  let waiting = 0;
  hdfs.create = (path, data) => {
    if (recorded++ < records) return create(path, data);
    if (++waiting === width) console.log(`open ${JSON.stringify([...begun])}`);
    return new Promise(() => undefined);
  };
  await attempt();
  console.log("ended");
}

// As long as its input is open, it does not end for want of anything to do.
process.stdin.resume();
const [archive, folder, records, width] = process.argv.slice(2);
void main(archive!, folder!, Number(records), Number(width));
