// Deliveries for sinks: a classifier whose drops, or whose public frames, go to the sink that is tried.
import { createClassifier } from "../ts/classifier.ts";
import { batchOf, type FrameInput } from "../ts/frames.ts";
import type { Sink } from "../ts/sink.ts";
import { NOWHERE, POLICY, PUBLIC } from "./dispatching.ts";
import { RAW } from "./packets.ts";

/** Frames for the partition `public`, with times. */
export const frames = (count: number, from = 0, seconds = (i: number): number => i): FrameInput[] =>
  Array.from({ length: count }, (_, i) => ({ bytes: PUBLIC, linkType: RAW, seconds: seconds(from + i) }));

/** Hands frames for `public`, or others, to a sink. */
export function feed(sink: Sink): (list: readonly FrameInput[]) => void {
  const classifier = createClassifier(POLICY);
  classifier.register("public", sink);
  return (list) => classifier.dispatch(batchOf(list));
}

/** Hands drops to a sink: of a label that nobody has, and of what is no packet. */
export function feedDrops(sink: Sink): (nowhere: number, noPacket?: number) => void {
  const classifier = createClassifier(POLICY);
  classifier.registerDrops(sink);
  return (nowhere, noPacket = 0) => {
    const list = Array.from({ length: nowhere }, () => ({ bytes: NOWHERE, linkType: RAW, wireLength: 1000 }));
    const strangers = Array.from({ length: noPacket }, () => ({ bytes: new Uint8Array(60), device: "eth7" }));
    classifier.dispatch(batchOf([...list, ...strangers]));
  };
}

/** A promise and what fulfils or rejects it. */
export interface Gate {
  readonly promise: Promise<void>;
  open(): void;
  fail(error: unknown): void;
}

export function gate(): Gate {
  let open = (): void => {};
  let fail = (_error: unknown): void => {};
  const promise = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
