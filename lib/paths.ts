/**
 * Whether a path lies below a folder, however deep; the folder itself does not. Names are compared whole: `/a/bc` is not below `/a/b`.
 * A path with `..` in it is below nothing, since it can lead anywhere.
 */
export const isBelow = (path: string, folder: string): boolean =>
  !path.split("/").includes("..") &&
  path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** A path's directory; neither ends with a slash. */
export const directoryOf = (path: string): string =>
  path.slice(0, path.lastIndexOf("/"));

/** The last name of a path. */
export const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("/") + 1);
