// The ratios that are promised: the time a frame takes in one lane over that in another, in the same round. The floor is
// what an honest run on a noisy machine passes; the goal is near what the machine can do and needs a quiet one.

/** The workload that floor and goal are for, where a ratio names none. */
export const JUDGED_WORKLOAD = "mix";
/** Behind the beginning of names: the fastest of these lanes. */
export const FASTEST = "*";

/** One side of a ratio. */
export interface Part {
  /** A lane, or the fastest of those whose name begins so: `npm/*`. */
  readonly lane: string;
  /** Left out: each workload that was run, against itself. */
  readonly workload?: string;
}

export interface Ratio {
  readonly a: Part;
  readonly b: Part;
  /** What a good ratio is. */
  readonly good: "small" | "large";
  readonly floor: number;
  readonly goal: number;
}

export const RATIOS: readonly Ratio[] = [
  { a: { lane: "kernel/chunks" }, b: { lane: "limit/chunks" }, good: "small", floor: 1.35, goal: 1.15 },
  { a: { lane: "kernel/stream" }, b: { lane: "limit/stream" }, good: "small", floor: 1.2, goal: 1.1 },
  { a: { lane: "kernel/cache" }, b: { lane: "limit/cache" }, good: "small", floor: 1.55, goal: 1.25 },
  { a: { lane: "javascript/chunks" }, b: { lane: "kernel/chunks" }, good: "large", floor: 1.6, goal: 2 },
  { a: { lane: "file" }, b: { lane: "read" }, good: "small", floor: 3.2, goal: 2.4 },
  { a: { lane: "file/two" }, b: { lane: "read" }, good: "small", floor: 2, goal: 1.35 },
  { a: { lane: "pool/one" }, b: { lane: "pool/two" }, good: "large", floor: 1.1, goal: 1.8 },
  { a: { lane: "sinks" }, b: { lane: "kernel/chunks" }, good: "small", floor: 1.25, goal: 1.1 },
  { a: { lane: "split" }, b: { lane: "copy" }, good: "small", floor: 2, goal: 1.3 },
  { a: { lane: "tcpdump" }, b: { lane: "file" }, good: "large", floor: 0.9, goal: 1.3 },
  { a: { lane: "tcpdump" }, b: { lane: "file/two" }, good: "large", floor: 1.5, goal: 2.2 },
  { a: { lane: `npm/${FASTEST}` }, b: { lane: "kernel/chunks" }, good: "large", floor: 12, goal: 18 },
  { a: { lane: "tshark" }, b: { lane: "file" }, good: "large", floor: 200, goal: 300 },
  {
    a: { lane: "kernel/chunks", workload: "attack" },
    b: { lane: "kernel/chunks", workload: "mix" },
    good: "small",
    floor: 2.5,
    goal: 1.2,
  },
  {
    a: { lane: "kernel/chunks", workload: "big" },
    b: { lane: "kernel/chunks", workload: "small" },
    good: "small",
    floor: 3,
    goal: 1.5,
  },
];
