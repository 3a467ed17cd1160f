/**
 * What frames come from and go to: small enough that the same gate runs on a packet socket, on a stream, and in a test.
 *
 * @module
 */
import type { FrameBatch } from "../frames.ts";

/** Memory that a source may put frames into: part of a kernel's, so that they are judged where they are. */
export interface FrameRoom {
  /** For the octets of frames. */
  readonly bytes: Uint8Array;
  /** For their rows: a multiple of `FRAME_SIZE` octets, at a multiple of 8. */
  readonly rows: Uint8Array;
}

/** Frames of a source since it was opened. */
export interface SourceStats {
  /** Frames that were taken, the truncated ones too. */
  readonly received: number;
  /** Frames that the system had no room for. */
  readonly dropped: number;
  /** Frames that were longer than there was room for one. */
  readonly truncated: number;
  /** Frames of this wire to other hosts, passed over. */
  readonly foreign: number;
  /** Frames without their checksum, or not yet cut into segments: offload is on at their sender. They were passed over. */
  readonly unfinished: number;
}

/** Where Ethernet frames come from. */
export interface FrameSource {
  /** For messages: `eth0`, `unix:/run/public.sock`. */
  readonly name: string;
  /** A descriptor that is readable when there are frames; `null`: {@link onReadable} is called. */
  readonly descriptor: number | null;
  /** What it was opened on was removed: nothing comes any more, and nothing goes. */
  readonly isGone: boolean;
  /** Called when there may be frames, by sources without a descriptor. Set by whoever reads. */
  onReadable: (() => void) | null;
  /**
   * The frames that are there, without waiting; `null`: none. They are in `room` or in memory of the source's own, and valid
   * until the next call.
   *
   * @throws {LiveError} the device is gone
   */
  receive(room: FrameRoom): FrameBatch | null;
  /** Counters since it was opened. */
  stats(): SourceStats;
  /** Gives everything back. Calling it twice does nothing. */
  close(): void;
}

/** Ethernet frames to be sent: runs of octets in one memory. */
export interface Outgoing {
  /** Where the frames are. */
  readonly bytes: Uint8Array;
  /** Where each starts in {@link bytes}. */
  readonly offsets: Uint32Array;
  /** Octets of each. */
  readonly lengths: Uint32Array;
  /** Frames. */
  readonly count: number;
}

/** Frames of a port since it was opened. */
export interface SinkStats {
  /** Frames that were taken. */
  readonly sent: number;
  /** Frames that were not taken: the port was full, or its far end away. */
  readonly refused: number;
}

/** Where Ethernet frames come from and go to: the wire, or the one partition behind it. */
export interface PartitionPort extends FrameSource {
  /** The six octets of its own hardware address. */
  readonly mac: Uint8Array;
  /** Hardware address of the far end when it is known from the beginning; `null`: it is asked for. */
  readonly peerMac: Uint8Array | null;
  /** The most octets of an IP packet. */
  readonly mtu: number;
  /**
   * Sends frames, without waiting; how many were taken, from the first. What is to be kept is copied before it returns.
   * Frames that are not taken are lost and counted: a slow port never holds up another.
   */
  send(frames: Outgoing): number;
  /** What came of {@link send}. */
  sinkStats(): SinkStats;
}
