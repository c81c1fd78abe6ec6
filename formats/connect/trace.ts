/** Class names as they begin a line of a Java stack trace, alone or after what makes them a cause. */
const THROWN = /^(?:Caused by: )?((?:[a-z_$][\w$]*\.)+[A-Z][\w$]*)(?::|$)/;
const FRAME = /^\s+at ((?:[\w$<>]+\.)+[\w$<>]+)\([\w$.: -]*\)/;

/** Causes that are told, the outermost and the innermost ones. */
const MOST = 4;

/**
 * A stack trace in one line: the classes of what was thrown, the outermost first, and where the innermost came from. Messages are left out, as
 * those of a converter quote records, and those of a configuration its values.
 */
export function shortTrace(trace: string): string {
  const classes: string[] = [];
  let frame: string | undefined;
  for (const line of trace.split(/\r?\n/)) {
    const thrown = THROWN.exec(line)?.[1];
    if (thrown !== undefined) {
      classes.push(thrown);
      frame = undefined;
    } else frame ??= FRAME.exec(line)?.[1];
  }
  if (classes.length === 0) return "a trace without an exception's class";
  const told =
    classes.length > MOST
      ? [...classes.slice(0, MOST / 2), "…", ...classes.slice(-MOST / 2)]
      : classes;
  return `${told.join(", by ")}${frame === undefined ? "" : `, at ${frame}`}`;
}
