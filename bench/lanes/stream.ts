// The kernel on a capture that is in its memory as a whole: octets come from where no cache has them.
import { FRAME_SIZE } from "../../assembly/columns.ts";
import * as map from "../../assembly/memory.ts";
import { bootKernel } from "../../ts/boot.ts";
import { PCAP_HEADER_LENGTH, PCAP_RECORD_LENGTH } from "../../ts/capture/pcap.ts";
import { MAX_BATCH, TABLES_BASE } from "../../ts/kernel.ts";
import { timed } from "../clock.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { NOT_PLAIN, plainPcap } from "../plain-pcap.ts";
import { imageOf } from "./kernel.ts";

export const streamLane: Lane = {
  name: "kernel/stream",
  what: `walk and verdicts of a capture that is in the kernel's memory as a whole, ${MAX_BATCH} frames at a time`,
  open: openStream,
};

function openStream({ policy, capture, frames }: Workload): OpenLane | string {
  const pcap = plainPcap(capture);
  if (pcap === null) return NOT_PLAIN;
  const { unit, linkType } = pcap;
  const { header, tables } = imageOf(policy);
  const base = TABLES_BASE + tables.length;
  const { exports, memory } = bootKernel(base + capture.length + map.SLACK);
  const octets = new Uint8Array(memory.buffer);
  octets.set(header, map.POLICY);
  octets.set(tables, TABLES_BASE);
  octets.set(capture, base);
  exports.prepare();
  return {
    frames,
    octets: capture.length,
    round() {
      octets.fill(0, map.DATAGRAMS, map.DATAGRAM_KEYS); // no datagram is followed, as in a new kernel
      let judged = 0;
      const spent = timed(() => {
        for (let at = PCAP_HEADER_LENGTH; at < capture.length; ) {
          exports.openRows(map.INTAKE_ROWS, MAX_BATCH);
          at = exports.walkPcap(base, at, capture.length, PCAP_RECORD_LENGTH, 0, unit, linkType);
          const end = exports.walkedTo();
          if (end === map.INTAKE_ROWS) break;
          judged += judgeRows(end);
        }
      });
      if (judged !== frames) throw new Error(`${judged} frames were judged of ${frames}`);
      return spent;
    },
    close() {},
  };

  // Rows up to the one at `end`; how many.
  function judgeRows(end: number): number {
    const count = (end - map.INTAKE_ROWS) / FRAME_SIZE;
    for (let row = 0; row < count; row += exports.judgedRows()) {
      exports.classify(map.INTAKE_ROWS + row * FRAME_SIZE, base, count - row);
    }
    return count;
  }
}
