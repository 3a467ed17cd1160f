/**
 * What a pool and its workers tell each other. A worker answers each chunk, in the order in which they came; what else it is
 * told goes for the chunks that follow.
 *
 * @module
 */
import type { KernelImage } from "../kernel.ts";

/** The policy to judge by, and the kernel to judge with. */
export interface PolicyMessage {
  readonly kind: "policy";
  readonly image: KernelImage;
  readonly module: WebAssembly.Module;
}

/** A record that describes those behind it: the header of a capture, of a section, an interface. */
export interface DescriptionMessage {
  readonly kind: "description";
  readonly octets: Uint8Array;
  /** Where it is in its capture; at 0 another capture begins. */
  readonly offset: number;
}

/** Records to read and judge: whole ones, none of which is a description. */
export interface ChunkMessage {
  readonly kind: "chunk";
  readonly octets: ArrayBuffer;
  /** Octets of it that are records. */
  readonly length: number;
  /** Room for the rows of their frames. */
  readonly rows: ArrayBuffer;
  /** Where in the capture it is, and frames before it. */
  readonly offset: number;
  readonly frames: number;
}

export type PoolMessage = PolicyMessage | DescriptionMessage | ChunkMessage;

/** A chunk that was judged, given back: its rows, whose offsets are into `octets`, and their outcomes. */
export interface JudgedMessage {
  readonly octets: ArrayBuffer;
  readonly rows: ArrayBuffer;
  readonly outcomes: Uint32Array<ArrayBuffer>;
  /** Frames that were judged: all unless there is a fault. */
  readonly count: number;
  /** What is wrong with the capture behind them. */
  readonly fault: Fault | null;
}

/** Of a CaptureError. The message without the place, which the error adds. */
export interface Fault {
  readonly message: string;
  readonly offset: number;
}
