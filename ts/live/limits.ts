/**
 * How many errors are sent in a time (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 f).
 *
 * @module
 */

/** Errors about labels, a second in the long run, and at once. */
export const ERRORS_A_SECOND = 10;
/** Errors about size: each flow that finds out about its path needs one. */
export const SIZE_ERRORS_A_SECOND = 100;
