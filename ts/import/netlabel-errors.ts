/**
 * Linux's numbers (errno) for what the kernel and netlabelctl refuse.
 *
 * @module
 */

/** What is to be deleted is not there. */
export const ENOENT = 2;
/** It is in use. */
export const EBUSY = 16;
/** What is to be added is there. */
export const EEXIST = 17;
/** Arguments that make no sense, or not together. */
export const EINVAL = 22;

/** Their names. */
export const ERRNO_NAMES: ReadonlyMap<number, string> = new Map([
  [ENOENT, "ENOENT"],
  [EBUSY, "EBUSY"],
  [EEXIST, "EEXIST"],
  [EINVAL, "EINVAL"],
]);
