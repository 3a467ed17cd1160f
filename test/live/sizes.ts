// What scripts and the tests that read them agree on.

/** Frames a call to send. */
export const BATCHES: readonly number[] = [1, 2, 63, 64, 127, 128, 129, 255, 256, 300];
/** Frames that are sent to be received in rooms that change. */
export const IN_ROOMS = 300;
