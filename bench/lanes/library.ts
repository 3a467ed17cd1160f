// A lane that goes through the whole capture with the library.
import { type Classifier, createClassifier } from "../../ts/classifier.ts";
import { timed } from "../clock.ts";
import type { Lane, Workload } from "../lane.ts";

/** How a lane uses the library. The classifier is new in each round, and made before the clock starts. */
export interface Use {
  readonly name: string;
  readonly what: string;
  /** Before the clock starts. */
  readonly prepare?: (classifier: Classifier) => void;
  readonly go: (classifier: Classifier, workload: Workload) => void;
}

export function libraryLane({ name, what, prepare, go }: Use): Lane {
  return {
    name,
    what,
    open(workload) {
      return {
        frames: workload.frames,
        octets: workload.capture.length,
        round() {
          const classifier = createClassifier(workload.policy);
          prepare?.(classifier);
          const nanoseconds = timed(() => go(classifier, workload));
          const { frames } = classifier.stats();
          if (frames !== workload.frames) throw new Error(`${frames} frames were judged of ${workload.frames}`);
          return nanoseconds;
        },
        close() {},
      };
    },
  };
}
