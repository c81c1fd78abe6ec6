/** What a shell shows of a program that a signal ended: 128 and its number. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;

/**
 * Waits for some work. A signal that would end the process has it end once nothing is left behind; a second one at once.
 * @param cleanUp waits until nothing is
 */
export async function untilInterrupted<T>(
  work: Promise<T>,
  cleanUp: () => Promise<void>,
): Promise<T> {
  const handlers = (Object.keys(CODES) as Signal[]).map((signal) => {
    const onSignal = () => {
      remove();
      console.error("sisyphus: ends when what it has made is removed");
      void cleanUp().finally(() => process.exit(CODES[signal]));
    };
    process.on(signal, onSignal);
    return [signal, onSignal] as const;
  });
  // Without a handler a signal ends the process.
  const remove = () =>
    handlers.forEach(([signal, handler]) =>
      process.removeListener(signal, handler),
    );
  try {
    return await work;
  } finally {
    remove();
  }
}
