import { InvalidArgumentError } from "commander";

/** Reads an option that is a whole number, `min` or more. */
export const wholeFrom =
  (min: number) =>
  (text: string): number => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < min)
      throw new InvalidArgumentError(`a whole number from ${min}`);
    return n;
  };

/** Reads the values of an option that may be given several, as {@link wholeFrom} reads each. */
export const wholesFrom =
  (min: number) =>
  (text: string, before: number[] = []): number[] => [
    ...before,
    wholeFrom(min)(text),
  ];
