import { readCaptureFile } from "../../ts/capture/file.ts";
import { createClassifier } from "../../ts/classifier.ts";
import { timed } from "../clock.ts";
import type { Lane } from "../lane.ts";
import { requireAll } from "./library.ts";

export const fileLane: Lane = {
  name: "file",
  what: "readCaptureFile from the page cache into dispatch, end to end on one thread; no sinks",
  open({ path, policy, capture, frames }) {
    return {
      frames,
      octets: capture.length,
      round() {
        const classifier = createClassifier(policy);
        const spent = timed(() => {
          for (const batch of readCaptureFile(path, { into: classifier })) classifier.dispatch(batch);
        });
        requireAll(classifier, frames);
        return spent;
      },
      close() {},
    };
  },
};
