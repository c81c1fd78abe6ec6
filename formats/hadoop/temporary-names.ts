/**
 * Whether a name on HDFS is not data's. Hadoop's convention (FileInputFormat's hidden files): flags such as `_IMPORTED` and
 * `_REFINED`, and files that are still being written, begin with `_` or `.`.
 */
export const isTemporary = (name: string): boolean =>
  name.startsWith("_") || name.startsWith(".");
