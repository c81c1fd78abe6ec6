/** A text in a query. */
export const quoted = (text: string): string =>
  `'${text.replaceAll("'", "''")}'`;
