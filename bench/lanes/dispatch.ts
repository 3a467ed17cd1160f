import { readCaptureSync } from "../../ts/capture/read.ts";
import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const dispatchLane: Lane = libraryLane({
  name: "dispatch",
  what: "readCaptureSync from memory into dispatch: every frame judged and counted; no sinks",
  go(classifier, { capture }) {
    for (const batch of readCaptureSync(capture, { into: classifier })) classifier.dispatch(batch);
  },
});
