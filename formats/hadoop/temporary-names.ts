/** Whether a name on HDFS is not data: flags (`_IMPORTED`, `_REFINED`) and what is still being written begin with `_` or `.`. */
export const isTemporary = (name: string): boolean =>
  name.startsWith("_") || name.startsWith(".");
