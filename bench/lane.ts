// What the harness runs: lanes, each a way to do the job or a part of it, on a workload, round by round.
import type { PolicyInput } from "../ts/policy/input.ts";

/** Traffic and the policy to judge it by. */
export interface Workload {
  /** As in tables and on the command line: `mix`, `recording`. */
  readonly name: string;
  /** One line: what kind of traffic. */
  readonly what: string;
  /** A pcap or pcapng file that holds it, in the page cache. */
  readonly path: string;
  /** Its octets. */
  readonly capture: Uint8Array;
  readonly frames: number;
  readonly policy: PolicyInput;
}

/** A way to do the job or a part of it. */
export interface Lane {
  /** As in tables and on the command line: `kernel/chunks`. */
  readonly name: string;
  /** One line: what it does, and what of the job it leaves out. */
  readonly what: string;
  /** Gets ready for rounds on a workload; a text says why it can't run here. */
  open(workload: Workload): Promise<OpenLane | string> | OpenLane | string;
}

/** A lane that is ready. */
export interface OpenLane {
  /** Frames and octets (of the capture, record headers included) that one round goes through. */
  readonly frames: number;
  readonly octets: number;
  /** Does it once. The nanoseconds it took: what is not part of the job (copying a chunk into place, say) is not counted. */
  round(): Promise<number> | number;
  /** Ends processes, closes files. */
  close(): Promise<void> | void;
}
