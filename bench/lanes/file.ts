import { readCaptureFile } from "../../ts/capture/file.ts";
import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const fileLane: Lane = libraryLane({
  name: "file",
  what: "readCaptureFile from the page cache into dispatch, end to end on one thread; no sinks",
  go(classifier, { path }) {
    for (const batch of readCaptureFile(path, { into: classifier })) classifier.dispatch(batch);
  },
});
