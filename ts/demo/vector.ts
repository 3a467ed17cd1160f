/**
 * A frame as a test vector: the packet and what it says, in the form of fixtures/vectors.
 *
 * @module
 */
import type { DecodeRecord } from "../decode.ts";
import { parseCategories } from "../notation.ts";
import { isWellFormed, type ReasonName, reasonNamed } from "../reason.ts";
import type { Inspection } from "./protocol.ts";

/** What the options of a packet say. ICMP answers are not told. */
export interface Vector {
  readonly id: string;
  readonly ip: 4 | 6;
  readonly title: string;
  /** From the first octet of the IP header to the end of the packet. */
  readonly hex: string;
  readonly expect: {
    readonly verdict: "accept" | "unlabelled" | "policy" | "reject";
    readonly code: string;
    readonly label: unknown;
  };
  readonly rule: string;
}

/** `null`: the frame holds no IP packet. */
export function vectorOf({ frame, bytes, record, explanation }: Inspection): Vector | null {
  const { ipVersion, ipOffset, packetEnd } = explanation.packet;
  if (ipVersion === null || ipOffset === null) return null;
  const { rule, sentence, clause } = reasonNamed(record.status);
  return {
    id: `F${frame}`,
    ip: ipVersion,
    title: `frame ${frame}: ${sentence}`,
    hex: toHex(bytes.subarray(ipOffset, packetEnd ?? bytes.length)),
    expect: { verdict: verdictOf(record.status), code: record.status, label: labelOf(record) },
    rule: `${rule}: ${clause}`,
  };
}

function verdictOf(status: ReasonName): Vector["expect"]["verdict"] {
  if (status === "RIPSO_ESO_UNREGISTERED" || status === "MULTI_SCHEME") return "policy"; // a policy may take them
  if (status === "NO_LABEL") return "unlabelled";
  return isWellFormed(reasonNamed(status).code) ? "accept" : "reject";
}

/** Categories of a label that are listed one by one; of more, runs are. */
export const MAX_SINGLE = 64;

function labelOf({ label }: DecodeRecord): unknown {
  if (label === null || !("doi" in label)) return label;
  const { scheme, doi, level } = label;
  const runs = parseCategories(label.categories);
  if (runs.reduce((sum, [first, last]) => sum + last - first + 1, 0) > MAX_SINGLE) {
    return { scheme, doi, level, ranges: runs };
  }
  const categories = runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return { scheme, doi, level, categories };
}

/** Octets as digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Digits as octets; `null`: they are none. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[\da-f]*$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}
