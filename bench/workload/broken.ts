// Ways to break a frame that was whole, each with the reason it is dropped for.
import type { ReasonName } from "../../ts/reason.ts";
import { writeCrc } from "./labels.ts";

/** Octets of a frame, where its IP header is, its label option, and where that ends. */
export interface Whole {
  readonly bytes: Uint8Array;
  readonly ip: number;
  readonly option: number;
  readonly end: number;
}

export interface Break {
  readonly reason: ReasonName;
  readonly apply: (frame: Whole) => void;
}

const NO_DOI = [0, 0, 0, 0];
const OTHER_DOI = [0, 0, 0xff, 0xfe];
const DOI = 2;
const TAG = 6;

function at(place: (frame: Whole) => number, values: readonly number[]): (frame: Whole) => void {
  return (frame) => frame.bytes.set(values, place(frame));
}
const option = (offset: number) => (frame: Whole) => frame.option + offset;

/** Of a CIPSO option with tag 1. */
export const BREAKS_TAG1: readonly Break[] = [
  { reason: "CIPSO_OPT_SHORT", apply: at(option(1), [7]) },
  { reason: "CIPSO_DOI_ZERO", apply: at(option(DOI), NO_DOI) },
  { reason: "CIPSO_DOI_UNKNOWN", apply: at(option(DOI), OTHER_DOI) },
  { reason: "CIPSO_TAG_UNKNOWN", apply: at(option(TAG), [6]) },
  { reason: "CIPSO_TAG_LEN", apply: at(option(TAG + 1), [3]) },
  { reason: "CIPSO_TAG_OVERRUN", apply: ({ bytes, option: from }) => void bytes[from + TAG + 1]!++ },
  { reason: "CIPSO_ALIGN_NONZERO", apply: at(option(TAG + 2), [1]) },
  { reason: "OPT_LEN_LT2", apply: at(option(1), [1]) },
  { reason: "OPT_OVERRUN", apply: at(option(1), [41]) },
  { reason: "IP_IHL", apply: ({ bytes, ip }) => void (bytes[ip] = 0x44) },
  { reason: "IP_LENGTH", apply: ({ bytes, ip }) => void (bytes[ip + 2]! = 0xff) },
  { reason: "NOT_IP", apply: ({ bytes, ip }) => void (bytes[ip]! ^= 0x10) },
];

/** Of a CIPSO option with tag 2. */
export const BREAKS_TAG2: readonly Break[] = [
  { reason: "CIPSO_CAT_65535", apply: ({ bytes, end }) => bytes.fill(0xff, end - 2, end) },
  { reason: "CIPSO_CAT_LEN_ODD", apply: ({ bytes, option: from }) => void bytes[from + TAG + 1]!-- },
];

/** Of a CIPSO option with tag 5. */
export const BREAKS_TAG5: readonly Break[] = [
  { reason: "CIPSO_CAT_65535", apply: at(option(TAG + 4), [0xff, 0xff]) },
  { reason: "CIPSO_RANGE_INVERTED", apply: ({ bytes, end }) => void (bytes[end - 2] = 2) },
];

/** Of a CALIPSO option. */
export const BREAKS_CALIPSO: readonly Break[] = [
  { reason: "CALIPSO_CRC", apply: ({ bytes, option: from }) => void (bytes[from + 8]! ^= 1) },
  { reason: "CALIPSO_CRC", apply: ({ bytes, end }) => void (bytes[end - 1]! ^= 1) },
  { reason: "CALIPSO_LEN", apply: at(option(1), [7]) },
  { reason: "CALIPSO_CMPT_OVERRUN", apply: ({ bytes, option: from }) => void bytes[from + 6]!++ },
  { reason: "CALIPSO_DOI_ZERO", apply: checked(at(option(DOI), NO_DOI)) },
  { reason: "CALIPSO_DOI_UNKNOWN", apply: checked(at(option(DOI), OTHER_DOI)) },
  { reason: "IP_LENGTH", apply: ({ bytes, ip }) => void (bytes[ip + 4]! = 0xff) },
];

function checked(apply: (frame: Whole) => void): (frame: Whole) => void {
  return (frame) => {
    apply(frame);
    writeCrc(frame.bytes, frame.option);
  };
}
