// pcap files in little endian, whose records some lanes walk without a reader.
import { PCAP_MICROSECONDS, PCAP_NANOSECONDS } from "../ts/capture/pcap.ts";

const LINK_TYPE_AT = 20;

/** Why such a lane can't take another capture. */
export const NOT_PLAIN = "only for pcap files in little endian";

export interface PlainPcap {
  /** Nanoseconds in a unit of the fraction. */
  readonly unit: number;
  readonly linkType: number;
}

/** What the header of the file says; `null`: it is another kind of capture. */
export function plainPcap(capture: Uint8Array): PlainPcap | null {
  const view = new DataView(capture.buffer, capture.byteOffset, capture.byteLength);
  const magic = view.getUint32(0, true);
  if (magic !== PCAP_MICROSECONDS && magic !== PCAP_NANOSECONDS) return null;
  return { unit: magic === PCAP_NANOSECONDS ? 1 : 1000, linkType: view.getUint32(LINK_TYPE_AT, true) };
}
