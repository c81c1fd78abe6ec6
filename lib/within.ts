/**
 * What a promise gives, if it does so in time. Nobody hears of it later.
 * @param ms how long it may take
 * @param late makes the error where it takes longer
 */
export async function within<T>(
  promise: Promise<T>,
  ms: number,
  late: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(late()), ms);
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
  }
}
