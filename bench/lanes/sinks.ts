import type { Lane } from "../lane.ts";
import { libraryLane } from "./library.ts";

export const sinksLane: Lane = libraryLane({
  name: "sinks",
  what: "dispatch, and every frame handed to its partition's sink, drops too; the sinks count them",
  prepare(classifier) {
    let frames = 0;
    for (const name of classifier.partitions) classifier.register(name, ({ length }) => (frames += length));
    classifier.registerDrops(({ length }) => (frames += length));
  },
  take: (classifier, batch) => classifier.dispatch(batch),
});
