import { readCaptureSync } from "../../ts/capture/read.ts";
import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const verdictsLane: Lane = libraryLane({
  name: "verdicts",
  what: "classifier.verdicts iterated: an object for each frame, with names, label and addresses in words",
  go(classifier, { capture }) {
    for (const batch of readCaptureSync(capture, { into: classifier })) {
      for (const _ of classifier.verdicts(batch));
    }
  },
});
