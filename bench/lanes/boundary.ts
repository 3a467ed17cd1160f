// Where a pcap record begins, looked for in the midst of a file. It is a guess, to be verified: whoever reads up to there
// has to end there.
import { PCAP_RECORD_LENGTH } from "../../ts/capture/pcap.ts";
import { MAX_CAPLEN } from "../../ts/frames.ts";

/** Records in a row that have to look like records. */
const CHAIN = 16;
/** Seconds that lie between two records in a row, at most. */
const GAP = 3600;
const SECOND = 1_000_000_000; // in the finer of the two units

/** The first place from `from` on where a chain of records begins, in a file in little endian; `null`: there is none. */
export function boundaryNear(view: DataView, from: number): number | null {
  for (let at = from; at + PCAP_RECORD_LENGTH <= view.byteLength; at++) if (isChain(view, at)) return at;
  return null;
}

function isChain(view: DataView, from: number): boolean {
  let at = from;
  let before = view.getUint32(at, true);
  for (let i = 0; i < CHAIN; i++) {
    if (at + PCAP_RECORD_LENGTH > view.byteLength) return false;
    const seconds = view.getUint32(at, true);
    const captured = view.getUint32(at + 8, true);
    const wire = view.getUint32(at + 12, true);
    if (Math.abs(seconds - before) > GAP || view.getUint32(at + 4, true) >= SECOND) return false;
    if (captured === 0 || captured > MAX_CAPLEN || wire < captured) return false;
    before = seconds;
    at += PCAP_RECORD_LENGTH + captured;
  }
  return true;
}
