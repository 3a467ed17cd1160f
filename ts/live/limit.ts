/**
 * How many errors are sent in a time (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).
 *
 * @module
 */

/** Errors about labels, a second in the long run, and at once. */
export const ERRORS_A_SECOND = 10;
/** Errors about size: each flow that finds out about its path needs one. */
export const SIZE_ERRORS_A_SECOND = 100;
const MILLISECONDS = 1000;

/** A bucket of tokens that fills with time. */
export class Limit {
  readonly #rate: number;
  #tokens: number;
  #filledAt: number | null = null;

  constructor(rate: number = ERRORS_A_SECOND) {
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
