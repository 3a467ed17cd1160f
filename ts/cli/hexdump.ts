/**
 * Octets in rows of sixteen, with some of them marked.
 *
 * @module
 */
import type { Span } from "../packet.ts";

const ROW = 16;
/** Octets that are shown; labels and what else decides stand in front. */
const SHOWN = 512;

/** Rows of offset, octets and ASCII; under the marked octets stands `^^`. */
export function hexDump(bytes: Uint8Array, marked: Span | null): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, Math.max(SHOWN, marked === null ? 0 : marked.offset + marked.length));
  for (let at = 0; at < end; at += ROW) {
    const row = [...bytes.subarray(at, Math.min(at + ROW, end))];
    const octets = row.map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : ".")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${octets.padEnd(ROW * 3 - 1)}  ${ascii}`);
    const isMarked = (i: number): boolean =>
      marked !== null && at + i >= marked.offset && at + i < marked.offset + marked.length;
    if (row.some((_, i) => isMarked(i))) {
      lines.push(
        `      ${row
          .map((_, i) => (isMarked(i) ? "^^" : "  "))
          .join(" ")
          .trimEnd()}`,
      );
    }
  }
  if (end < bytes.length) lines.push(`… ${bytes.length - end} more`);
  return lines.join("\n");
}
