import { postJson } from "./post";
import type { Receiver } from "./receiver";

/** Posts the alert as it is, as JSON. @param address where to, which may hold a token */
export const webhookReceiver =
  (address: string): Receiver =>
  (alert) =>
    postJson("webhook", address, alert);
