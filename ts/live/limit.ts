/**
 * How many errors are sent in a time (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).
 *
 * @module
 */

/** Errors a second in the long run, and at once. */
export const ERRORS_A_SECOND = 10;
const MILLISECONDS = 1000;

/** A bucket of tokens that fills with time. */
export class Limit {
  #tokens = ERRORS_A_SECOND;
  #filledAt: number | null = null;

  /** Whether one more may be sent now (milliseconds). */
  take(now: number): boolean {
    const elapsed = this.#filledAt === null ? 0 : now - this.#filledAt;
    this.#filledAt = now;
    this.#tokens = Math.min(ERRORS_A_SECOND, this.#tokens + (elapsed * ERRORS_A_SECOND) / MILLISECONDS);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
