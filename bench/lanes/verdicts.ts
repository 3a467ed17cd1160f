import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const verdictsLane: Lane = libraryLane({
  name: "verdicts",
  what: "classifier.verdicts iterated: an object for each frame, with names, label and addresses in words",
  take(classifier, batch) {
    for (const _ of classifier.verdicts(batch));
  },
});
