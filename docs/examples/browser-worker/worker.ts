import { createClassifier, readCapture } from "labelgate";
import { parsePolicy } from "labelgate/policy";
import type { Answer, Question, Row } from "./messages.ts";

/** Milliseconds between two answers. */
const PAUSE = 100;

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  judge(data).catch((error: Error) => answer({ kind: "error", message: error.message }));
});

function answer(message: Answer): void {
  self.postMessage(message);
}

async function judge({ policy, capture }: Question): Promise<void> {
  const classifier = createClassifier(parsePolicy(policy));
  const rows = (): Row[] => {
    const { partitions, reasons } = classifier.stats();
    return Object.entries({ ...partitions, ...reasons }).map(([name, { frames, bytes }]) => ({ name, frames, bytes }));
  };
  let last = performance.now();
  // A Blob is read piece by piece: a capture may be larger than memory.
  for await (const batch of readCapture(capture.stream(), { into: classifier })) {
    classifier.dispatch(batch);
    if (performance.now() - last < PAUSE) continue;
    answer({ kind: "rows", rows: rows(), isDone: false });
    last = performance.now();
  }
  answer({ kind: "rows", rows: rows(), isDone: true });
}
