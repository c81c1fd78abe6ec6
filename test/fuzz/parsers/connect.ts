import {
  readConnectorNames,
  readConnectorStatus,
  readRefusal,
  readSinkOffsets,
  readSinkSettings,
} from "../../../formats/connect/answers";
import { shortTrace } from "../../../formats/connect/trace";
import { type Parser, texts } from "../parser";
import {
  CONNECTOR_CONFIG,
  CONNECTOR_STATUS,
  REFUSAL,
  SINK_OFFSETS,
  STOPPED_STATUS,
  TRACE,
} from "../seeds/connect";

const row = (
  name: string,
  parse: (text: string) => unknown,
  ...seeds: string[]
): Parser => ({
  name: `connect-${name}`,
  seeds: texts(...seeds),
  parse: (bytes) => parse(bytes.toString("utf8")),
});

export const CONNECT: Parser[] = [
  row("names", readConnectorNames, '["file-sink"]'),
  row("status", readConnectorStatus, CONNECTOR_STATUS, STOPPED_STATUS),
  row("offsets", readSinkOffsets, SINK_OFFSETS),
  row("settings", readSinkSettings, CONNECTOR_CONFIG),
  row("refusal", readRefusal, REFUSAL),
  row("trace", shortTrace, TRACE),
];
