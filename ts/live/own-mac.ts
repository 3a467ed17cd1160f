/**
 * Hardware addresses on links that have no device of ours: locally administered (IEEE 802, section 8.4), the same everywhere,
 * since nobody else is on such a link.
 *
 * @module
 */

/** The gate's end. */
export const GATE_MAC: Uint8Array = Uint8Array.of(2, 0, 0x4c, 0x47, 0, 1);
/** The partition's end, where it has none of its own. */
export const PARTITION_MAC: Uint8Array = Uint8Array.of(2, 0, 0x4c, 0x47, 0, 2);
