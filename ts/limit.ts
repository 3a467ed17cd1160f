/**
 * How often something is done in a time.
 *
 * @module
 */
const MILLISECONDS = 1000;

/** A bucket of tokens that fills with time. */
export class Limit {
  readonly #rate: number;
  #tokens: number;
  #filledAt: number | null = null;

  /** @param rate a second in the long run, and at once */
  constructor(rate: number) {
    this.#rate = rate;
    this.#tokens = rate;
  }

  /** Whether one more may be sent now (milliseconds). */
  take(now: number): boolean {
    const elapsed = this.#filledAt === null ? 0 : now - this.#filledAt;
    this.#filledAt = now;
    this.#tokens = Math.min(this.#rate, this.#tokens + (elapsed * this.#rate) / MILLISECONDS);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
