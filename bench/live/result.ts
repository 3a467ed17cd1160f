// What the live bench gives.

export interface LiveResult {
  /** Each with the gate and a bridge of the kernel on the same veth pairs, one after the other. */
  readonly rounds: readonly LiveRound[];
  readonly isolation: Isolation | { readonly reason: string };
}

export interface LiveRound {
  readonly gate: LiveWay;
  readonly bridge: LiveWay;
}

/** A way from a client to a server, both ends through two gates or two bridges. */
export interface LiveWay {
  /** Microseconds there and back, of a UDP datagram at a time. */
  readonly roundTrip: { readonly p50: number; readonly p99: number; readonly lost: number };
  /** One TCP stream. `machine` and `own`: CPUs in use by everything, and by the gates. */
  readonly stream: { readonly megabits: number; readonly machine: number; readonly own: number };
  /** Microseconds of CPU that a round trip takes, of everything that runs. */
  readonly pingCpu: number;
  /** Frames at 20,000 a second, and as many as go, through one gate or bridge: put on the wire, and counted in the partition. */
  readonly gentle: Forwarded;
  readonly full: Forwarded;
}

export interface Forwarded {
  readonly sent: number;
  readonly received: number;
  readonly seconds: number;
  /** Frames that the gate's own counters say were lost: of its sockets, and of those it sent to. `null`: no gate. */
  readonly counted: number | null;
  /** CPUs in use by everything, the sender too. */
  readonly machine: number;
}

/** Frames by partition and level, counted by nftables in each partition. */
export interface Isolation {
  readonly partitions: readonly string[];
  readonly levels: readonly number[];
  /** By partition, then by level. */
  readonly counts: readonly (readonly number[])[];
  readonly sent: number;
  /** Frames that the gate's socket had no room for, and that the partitions' ports did not take. */
  readonly dropped: number;
  readonly refused: number;
}
