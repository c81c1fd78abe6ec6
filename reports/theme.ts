import {
  type ColourName,
  VERDICT,
  type Verdict,
} from "../domain/audit/verdicts";

/** A terminal's style, by the names of `styleText` in node:util. */
type TerminalStyle =
  "green" | "gray" | "cyan" | "white" | "yellow" | "magenta" | "red";

/** How one colour looks wherever Sisyphus shows it. */
type Look = {
  /** For HTML: dark enough to carry white text. */
  hex: `#${string}`;
  terminal: TerminalStyle;
  /** A name of Grafana's palette, or a hex value where the palette has none. */
  grafana: string;
};

/** The one place for colours: each name that the table of verdicts uses, in HTML, in a terminal and in Grafana. */
export const THEME: Readonly<Record<ColourName, Look>> = {
  good: { hex: "#2e7d32", terminal: "green", grafana: "green" },
  quiet: { hex: "#9e9e9e", terminal: "gray", grafana: "#9e9e9e" },
  waiting: { hex: "#0288d1", terminal: "cyan", grafana: "blue" },
  unknown: { hex: "#616161", terminal: "white", grafana: "#616161" },
  caution: { hex: "#f9a825", terminal: "yellow", grafana: "yellow" },
  outdated: { hex: "#8e24aa", terminal: "magenta", grafana: "purple" },
  broken: { hex: "#c62828", terminal: "red", grafana: "red" },
};

/** How a verdict looks. */
export const lookOf = (verdict: Verdict): Look =>
  THEME[VERDICT[verdict].colour];
