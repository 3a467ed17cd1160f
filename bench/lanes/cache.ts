// The kernel where nothing has to be waited for: octets and tables stay in the caches, and branches have been seen.
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { PcapReader } from "../../ts/capture/pcap.ts";
import { PcapngReader } from "../../ts/capture/pcapng.ts";
import type { RecordReader } from "../../ts/capture/record.ts";
import { FrameBatch } from "../../ts/frames.ts";
import { Kernel } from "../../ts/kernel.ts";
import { timed } from "../clock.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { imageOf, intakeOf, judge } from "./kernel.ts";

/** Frames that stay there. */
export const CACHED_FRAMES = 256;

export const cacheLane: Lane = {
  name: "kernel/cache",
  what: `walk and verdicts of the first ${CACHED_FRAMES} frames again and again: octets and tables stay in the caches`,
  open: openCache,
};

/** How many frames a round of so many goes through, and how often. */
export function cacheRound(frames: number): { readonly first: number; readonly times: number } {
  const first = Math.min(CACHED_FRAMES, frames);
  return { first, times: Math.ceil(frames / first) };
}

function openCache({ policy, capture, frames }: Workload): OpenLane | string {
  const { first, times } = cacheRound(frames);
  const image = imageOf(policy);
  const trial = intakeOf(new Kernel(image));
  const octets = capture.subarray(0, trial.octets.length);
  trial.octets.set(octets);
  const start = firstRecord(capture);
  const end = start === null ? 0 : start.records.walk(trial, start.at, octets.length, 0, first);
  if (start === null || trial.row < first) return `its first ${first} frames are not all in records that need no look`;
  const { records, at } = start;
  return {
    frames: times * first,
    octets: times * (end - at),
    round() {
      const kernel = new Kernel(image);
      const intake = intakeOf(kernel);
      intake.octets.set(octets);
      const rows = new Uint8Array(intake.memory, intake.rowsAt, first * FRAME_SIZE);
      const batch = new FrameBatch(intake.octets, rows, 1, records.interfaces);
      batch.count = first;
      records.walk(intake, at, end, 0, first);
      if (intake.row !== first) throw new Error(`${intake.row} of ${first} frames were found again`);
      return timed(() => {
        for (let i = 0; i < times; i++) {
          records.walk(intake, at, end, 0, first);
          judge(kernel, batch);
        }
      });
    },
    close() {},
  };
}

// What reads the capture, and where its first frame's record is; `null`: it has none.
function firstRecord(capture: Uint8Array): { readonly records: RecordReader; readonly at: number } | null {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const records = PcapReader.recognise(view, 0) ?? PcapngReader.recognise(view, 0);
  for (let at = 0; records !== null && at < capture.length; ) {
    const length = records.read(view, at, capture.length - at, at);
    if (length > capture.length - at) break;
    if (records.hasFrame) return { records, at };
    at += length;
  }
  return null;
}
