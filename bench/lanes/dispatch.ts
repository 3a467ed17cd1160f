import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const dispatchLane: Lane = libraryLane({
  name: "dispatch",
  what: "the same through the library's dispatch, without sinks",
  take: (classifier, batch) => classifier.dispatch(batch),
});
