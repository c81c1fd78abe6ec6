import type { ReceiverAddress } from "../../../domain/settings/sections/receiver-address";
import { postJson } from "./post";
import type { WebToken } from "../../../clients/proofs";
import type { Receiver } from "./receiver";

const WEBHOOK = { name: "webhook", field: "alerts.webhook" };

/** Posts the alert as it is, as JSON. @param address where to, which may hold a token */
export const webhookReceiver =
  (address: ReceiverAddress, webToken: WebToken): Receiver =>
  (alert) =>
    postJson(WEBHOOK, address, alert, webToken);
