/**
 * The clock of a pcapng interface: counts of ticks become seconds and nanoseconds.
 *
 * @module
 */

/** The finest resolutions: 10^19 and 2^63 ticks in a second fit into the 64 bits of a count. libpcap's bounds too. */
export const MAX_DECIMAL_RESOLUTION = 19;
export const MAX_BINARY_RESOLUTION = 63;
/** if_tsresol when it isn't given: microseconds. */
export const DEFAULT_RESOLUTION = 6;

const BINARY = 0x80;
const BILLION = 1_000_000_000;
/** Up to 10^9 ticks in a second plain numbers are exact: in base 2^16 no step of the division reaches 2^46. */
const MAX_PLAIN_RESOLUTION = 9;

/** True when ticks of that if_tsresol can be counted. */
export function isResolution(octet: number): boolean {
  return octet & BINARY ? (octet & ~BINARY) <= MAX_BINARY_RESOLUTION : octet <= MAX_DECIMAL_RESOLUTION;
}

/**
 * Converts without rounding: seconds are whole and rounded down, also before 1970 (half a second before it is -1 s and
 * 500,000,000 ns), nanoseconds are 0–999,999,999, what is finer is cut off. Only beyond 2^53 seconds, which takes a
 * senseless count or offset, are the seconds the nearest number there is.
 */
export class Clock {
  /** Of the count that was converted last. */
  seconds = 0;
  nanoseconds = 0;

  /** As numbers; 0 ticks where only bigints are exact, which cost about ten times as much. */
  readonly plainTicks: number;
  readonly plainOffset: number;

  readonly #ticksPerSecond: bigint;
  readonly #offset: bigint;

  /**
   * @param resolution if_tsresol: 10^-n, or 2^-n with the top bit set; {@link isResolution}
   * @param offset if_tsoffset, whole seconds to add
   */
  constructor(resolution: number, offset: bigint) {
    const isBinary = (resolution & BINARY) !== 0;
    this.#ticksPerSecond = isBinary ? 1n << BigInt(resolution & ~BINARY) : 10n ** BigInt(resolution);
    this.#offset = offset;
    this.plainOffset = Number(offset);
    const isPlain = !isBinary && resolution <= MAX_PLAIN_RESOLUTION && Number.isSafeInteger(this.plainOffset);
    this.plainTicks = isPlain ? 10 ** resolution : 0;
  }

  /** Converts a count of ticks, given as its two 32-bit halves. */
  convert(high: number, low: number): void {
    const ticks = this.plainTicks;
    if (ticks === 0) {
      const count = (BigInt(high) << 32n) | BigInt(low);
      this.seconds = Number(count / this.#ticksPerSecond + this.#offset);
      this.nanoseconds = Number(((count % this.#ticksPerSecond) * BigInt(BILLION)) / this.#ticksPerSecond);
      return;
    }
    const top = Math.floor(high / ticks);
    let rest = (high - top * ticks) * 0x1_0000 + (low >>> 16);
    const middle = Math.floor(rest / ticks);
    rest = (rest - middle * ticks) * 0x1_0000 + (low & 0xffff);
    const bottom = Math.floor(rest / ticks);
    this.seconds = top * 0x1_0000_0000 + (middle * 0x1_0000 + bottom) + this.plainOffset;
    this.nanoseconds = (rest - bottom * ticks) * (BILLION / ticks);
  }
}
