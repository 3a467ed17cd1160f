// Time that passes, whatever the clock on the wall does.

/** Nanoseconds since some moment. */
export function now(): number {
  return Number(process.hrtime.bigint());
}

/** Nanoseconds that work takes. */
export function timed(work: () => void): number {
  const start = now();
  work();
  return now() - start;
}
