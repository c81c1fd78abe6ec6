import type { OutgoingHttpHeaders } from "node:http";

/** What the server answers; without headers it is plain text. */
export type Answer = {
  status: number;
  headers?: OutgoingHttpHeaders;
  text: string;
};
