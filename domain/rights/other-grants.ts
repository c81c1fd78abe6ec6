import { isBelow } from "../../lib/paths";
import { shellWord } from "../../lib/shell";

/** What a NameNode says of a path that it does not let somebody pass: the folder above that lacks the right to go through. */
const NOT_THROUGH = /access=EXECUTE, inode="(\/[^"]*)"/;

/**
 * How a right on a folder is granted, and before it that of going through a folder above, where that is what is lacking.
 * @param action as in `r-x`
 * @param refusal what the NameNode said
 */
export function folderGrants(
  user: string,
  path: string,
  action: string,
  refusal: string,
  options: { allBelow?: boolean } = {},
): string[] {
  const own = `user:${user}:${action}`;
  const set = options.allBelow
    ? `-setfacl -R -m ${own},default:${own}`
    : `-setfacl -m ${own}`;
  const above = NOT_THROUGH.exec(refusal)?.[1];
  return [
    ...(above !== undefined && above !== path && isBelow(path, above)
      ? [`hdfs dfs -setfacl -m user:${user}:--x ${shellWord(above)}`]
      : []),
    `hdfs dfs ${set} ${shellWord(path)}`,
  ];
}

/** How the storage's folder is made for somebody who may not make it. */
export const newFolderGrants = (user: string, path: string): string[] => [
  `hdfs dfs -mkdir -p ${shellWord(path)}`,
  `hdfs dfs -chown ${shellWord(user)} ${shellWord(path)}`,
];

/** The queue to which a command submits: Spark's options for it, by default `default`. */
export function queueOf(command: readonly string[]): string {
  const after = command[command.indexOf("--queue") + 1];
  if (command.includes("--queue") && after !== undefined) return after;
  for (const word of command) {
    const told = /^(?:--queue|(?:--conf=)?spark\.yarn\.queue)=(.+)$/.exec(word);
    if (told) return told[1]!;
  }
  return "default";
}

/** What an administrator of YARN changes. */
export const queueGrants = (queue: string, user: string): string[] => [
  `capacity-scheduler.xml: add ${user} to yarn.scheduler.capacity.${queue.startsWith("root.") ? queue : `root.${queue}`}.acl_submit_applications (fair-scheduler.xml: aclSubmitApps of the queue ${queue})`,
  "yarn rmadmin -refreshQueues",
];

/** What tells of a queue where its REST service does not: YARN tells everybody of his own rights by RPC. */
export const queueQuestion = (queue: string, user: string): string =>
  `as ${user}: mapred queue -showacls must name SUBMIT_APPLICATIONS beside ${queue}; where it does not, ask for: ${queueGrants(queue, user).join("; ")}`;

export const selectGrant = (database: string, user: string): string =>
  `GRANT SELECT ON \`${database}\`.* TO '${user}'@'%';`;

export const metastoreGrant = (database: string): string =>
  `Hive: GRANT SELECT ON DATABASE ${database} TO whom the metastore knows Sisyphus as, or the same in Ranger`;

/** The command of temporal-config/README.md, with what is lacking. @param lacking names and types */
export const searchAttributesGrant = (
  namespace: string,
  lacking: readonly (readonly [name: string, type: string])[],
): string =>
  `temporal operator search-attribute create --namespace ${shellWord(namespace)} ${lacking.map(([name, type]) => `--name ${name} --type ${type}`).join(" ")}`;
