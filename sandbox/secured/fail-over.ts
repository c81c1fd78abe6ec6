import { runningPid, signal } from "../platform/processes";
import { setup } from "../platform/setup";
import { haAdmin, nameNode1, nameNode2, type NameNodeId } from "./hdfs";

const NAME_NODES = { nn1: nameNode1, nn2: nameNode2 };
const IDS: NameNodeId[] = ["nn1", "nn2"];

/**
 * Kills the active NameNode as a crash does, and says to the other one that it is active now, as an administrator would.
 * @returns what was done, in a few words
 * @throws Error where none is active, or the other one does not take over
 */
export async function failOver(): Promise<string> {
  const tools = await setup(() => undefined);
  const stateOf = (id: NameNodeId) =>
    haAdmin(tools, ["-getServiceState", id]).trim();
  const active = IDS.find((id) => stateOf(id) === "active");
  if (active === undefined) throw new Error("no NameNode is active");
  const other = IDS.find((id) => id !== active)!;
  const { name } = NAME_NODES[active];
  const pid = runningPid(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  signal(pid, "SIGKILL");
  haAdmin(tools, ["-failover", active, other]);
  return `the active NameNode ${active} is killed (SIGKILL, pid ${pid}); ${other} is made the active one`;
}
