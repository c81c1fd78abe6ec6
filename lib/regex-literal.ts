/** A regex, of Java or of JavaScript, that matches exactly this text. */
export const regexLiteral = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
