// A lane that goes through the capture with the library, in the same pieces as the kernel by itself.
import { type Classifier, createClassifier } from "../../ts/classifier.ts";
import type { FrameBatch } from "../../ts/frames.ts";
import { borrow } from "../../ts/intake.ts";
import type { Lane } from "../lane.ts";
import { throughChunks } from "./chunks.ts";

/** How a lane uses the library. The classifier is new in each round, and made before the clock starts. */
export interface Use {
  readonly name: string;
  readonly what: string;
  /** Before the clock starts. */
  readonly prepare?: (classifier: Classifier) => void;
  readonly take: (classifier: Classifier, batch: FrameBatch) => void;
}

export function libraryLane({ name, what, prepare, take }: Use): Lane {
  return {
    name,
    what,
    open({ policy, capture, frames }) {
      return {
        frames,
        octets: capture.length,
        round() {
          const classifier = createClassifier(policy);
          prepare?.(classifier);
          const intake = borrow(classifier);
          if (intake === null) throw new Error("a new classifier's memory is lent already");
          const spent = throughChunks(capture, intake, (batch) => take(classifier, batch));
          requireAll(classifier, frames);
          return spent;
        },
        close() {},
      };
    },
  };
}

/** @throws {Error} frames were left out */
export function requireAll(classifier: Classifier, frames: number): void {
  const judged = classifier.stats().frames;
  if (judged !== frames) throw new Error(`${judged} frames were judged of ${frames}`);
}
