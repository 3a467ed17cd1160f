/**
 * What each octet of a frame is, by what the kernel read of it: nothing is parsed here.
 *
 * @module
 */

import type { Explanation } from "../explain/explanation.ts";
import { addressSpan } from "../explain/step.ts";
import type { Span } from "../packet.ts";

export type RegionKind = "link" | "ip" | "address" | "options" | "label" | "fragment" | "ports" | "payload" | "trailer";

/** Octets that are one thing. */
export interface Region extends Span {
  readonly kind: RegionKind;
  readonly name: string;
}

/** Regions in the order of the frame, none overlapping, without holes. */
export function regionsOf(length: number, { packet }: Explanation): Region[] {
  const { ipOffset, ipVersion, src, transport, packetEnd, labelSpan, label, srcPort, fragment } = packet;
  const painted: Region[] = [];
  const paint = (kind: RegionKind, name: string, from: number, to: number): void => {
    const end = Math.min(to, length);
    if (from < end) painted.push({ kind, name, offset: from, length: end - from });
  };
  if (ipOffset === null) {
    paint("link", "not an IP packet", 0, length);
    return painted;
  }
  const fixed = ipOffset + (ipVersion === 4 ? 20 : 40);
  paint("trailer", "behind the packet", 0, length);
  paint("payload", "what the packet carries", transport ?? fixed, packetEnd ?? length);
  paint("link", "link layer", 0, ipOffset);
  paint("ip", `IPv${ipVersion} header`, ipOffset, fixed);
  paint("options", ipVersion === 4 ? "options" : "extension headers", fixed, transport ?? fixed);
  if (src !== null) {
    for (const [which, name] of [
      ["src", "sender"],
      ["dst", "destination"],
    ] as const) {
      const span = addressSpan(packet, which);
      paint("address", name, span.offset, span.offset + span.length);
    }
  }
  if (fragment?.fragmented) paint("fragment", "fragment offset", fragment.at, fragment.at + 2);
  if (srcPort !== null && transport !== null) paint("ports", "ports", transport, transport + 4);
  if (labelSpan !== null) {
    const scheme = label!.scheme.toUpperCase();
    paint("label", `${scheme} option`, labelSpan.offset, labelSpan.offset + labelSpan.length);
  }
  return flatten(length, painted);
}

// What was painted last is on top.
function flatten(length: number, painted: readonly Region[]): Region[] {
  const top = new Array<Region | undefined>(length);
  for (const region of painted) top.fill(region, region.offset, region.offset + region.length);
  const flat: Region[] = [];
  for (let from = 0, at = 1; at <= length; at++) {
    if (at < length && top[at] === top[from]) continue;
    flat.push({ ...top[from]!, offset: from, length: at - from });
    from = at;
  }
  return flat;
}
