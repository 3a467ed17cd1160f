/**
 * Ports of protocols as sets of numbers: protocol × 65536 + port.
 *
 * @module
 */
import type { Run } from "../label.ts";
import { PORT_PROTOCOLS, type PortRange } from "../policy/model.ts";
import type { Version } from "./fit.ts";
import { joinRuns, lessRuns, meetRuns } from "./runs.ts";

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const IGMP = 2;
export const ICMPV6 = 58;

/** Headers of IPv6 that are no upper layer: hop-by-hop, routing, fragment, AH, destination options. */
const EXTENSIONS: readonly number[] = [0, 43, 44, 51, 60];

/** All ports of a protocol. */
export function wholeProtocol(protocol: number): Run {
  return [protocol * 0x1_0000, protocol * 0x1_0000 + 0xffff];
}

/** The set of ports as policies list them. */
export function portRuns(ranges: readonly PortRange[]): Run[] {
  return joinRuns(
    ranges.map(({ protocol, first, last }): Run => [protocol * 0x1_0000 + first, protocol * 0x1_0000 + last]),
  );
}

/** ICMP of an IP version (F-22). */
export const ICMP_OF: Readonly<Record<Version, number>> = { 4: ICMP, 6: ICMPV6 };

const EVERYTHING: readonly Run[] = [[0, 0xff_ffff]];

/** What a packet of that version can have, for one destination or for many (M-03). */
export const PORTS: Readonly<Record<Version, { readonly one: readonly Run[]; readonly many: readonly Run[] }>> = {
  4: portsWithout([]),
  6: portsWithout(EXTENSIONS),
};

function portsWithout(protocols: readonly number[]): { one: Run[]; many: Run[] } {
  const one = lessRuns(EVERYTHING, joinRuns(protocols.map(wholeProtocol)));
  return { one, many: lessRuns(one, [wholeProtocol(TCP)]) };
}

/** A protocol, and the port of one that has ports, else 0. */
export interface Port {
  readonly protocol: number;
  readonly port: number;
}

// What people know first.
const WELL_KNOWN: readonly Port[] = [
  { protocol: TCP, port: 80 },
  { protocol: UDP, port: 53 },
];
const PREFERRED = [TCP, UDP, ICMP, ICMPV6];

/** One port of a set that is not empty. */
export function somePort(runs: readonly Run[]): Port {
  for (const { protocol, port } of WELL_KNOWN) {
    const at = protocol * 0x1_0000 + port;
    if (runs.some(([first, last]) => first <= at && at <= last)) return { protocol, port };
  }
  for (const protocol of PREFERRED) {
    const [run] = meetRuns(runs, [wholeProtocol(protocol)]);
    if (run !== undefined) return portIn(run);
  }
  return portIn(runs[0]!);
}

function portIn([first, last]: Run): Port {
  const protocol = Math.floor(first / 0x1_0000);
  if (!PORT_PROTOCOLS.has(protocol)) return { protocol, port: 0 };
  const isZeroSpared = first % 0x1_0000 === 0 && first < last;
  return { protocol, port: (first % 0x1_0000) + (isZeroSpared ? 1 : 0) };
}
