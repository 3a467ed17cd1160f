/**
 * Frames of a descriptor that gives a frame a read: a packet socket that was inherited, a TAP device, /dev/tap of a macvtap.
 * Reading it needs neither privilege nor a foreign function interface.
 *
 * @module
 */
import { read } from "node:fs";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { FrameBatch } from "../frames.ts";
import { requireWithin } from "../given.ts";
import { LiveError } from "./error.ts";

/** For {@link readFrames}. */
export interface ReadFramesOptions {
  /** LINKTYPE_ number; 1, Ethernet, when left out. */
  readonly linkType?: number;
  /** Octets before each frame that are none of it, 0 to 64: 10 of a macvtap, which says there what was left to be done. */
  readonly skip?: number;
  /** What frames are called by policies that ask for their device. */
  readonly device?: string;
}

/** Octets of the longest frame; of a longer one no more is there. */
const MOST_FRAME = 65_535;
const MOST_SKIPPED = 64;

/**
 * Reads a descriptor until its end, a frame a batch, each valid until the next is asked for. The descriptor is not closed. One
 * that waits holds a thread of the runtime's pool, also when the generator is left, until a frame comes.
 *
 * @throws {LiveError} it can't be read
 * @throws {RangeError} `skip` is none
 */
export async function* readFrames(
  descriptor: number,
  { linkType = 1, skip = 0, device }: ReadFramesOptions = {},
): AsyncGenerator<FrameBatch, void> {
  requireWithin("skip", skip, MOST_SKIPPED);
  const bytes = new Uint8Array(skip + MOST_FRAME + 1);
  const rows = new Uint8Array(FRAME_SIZE);
  const interfaces = [{ linkType, name: device ?? null, snapLength: 0 }];
  for (let number = 1; ; number++) {
    const octets = (await readOnce(descriptor, bytes)) - skip;
    if (octets <= 0) return;
    const now = Date.now();
    const seconds = Math.floor(now / 1000);
    const batch = new FrameBatch(bytes, rows, number, interfaces);
    const captured = Math.min(octets, MOST_FRAME);
    batch.push(skip, captured, octets, linkType, 0, seconds, (now - seconds * 1000) * 1_000_000);
    yield batch;
    batch.release();
  }
}

function readOnce(descriptor: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, bytes, 0, bytes.length, null, (cause, octets) => {
      if (cause === null) resolve(octets);
      else reject(new LiveError("SYSTEM", `descriptor ${descriptor} can't be read: ${cause.message}`, null, { cause }));
    });
  });
}
