import type { PortName, Ports } from "../ports";
import type { Tools } from "../tools";

/** One server of the sandbox: how it is started, and how one sees that it works. */
export type Service = {
  /** The name of its pid file and its log. */
  name: string;
  /** Its name for people. */
  title: string;
  /** The port that its users know. */
  port: PortName;
  /** Other ports it listens on; like the first, they must be free before it starts. */
  also?: PortName[];
  /** Names of services that must work before it is started, where they are started, too. */
  after?: string[];
  /** Whether those after it are of no use any more once it is started anew. */
  endsOthers?: boolean;
  /** Makes its data folder where there is none yet, and starts it; does not wait for it. */
  start: (p: Ports, tools: Tools) => void;
  /** Whether it does its work by now; may throw while it does not answer. */
  ready: (p: Ports) => Promise<boolean>;
  /** What is done once it works. */
  whenReady?: (p: Ports, tools: Tools) => Promise<void>;
  /** The address of its web page. */
  link?: (p: Ports) => string;
};
