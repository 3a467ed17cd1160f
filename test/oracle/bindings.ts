/**
 * The oracle, step 11: which binding of a partition a packet is for, as in docs/decision.md.
 *
 * @module
 */
import { type Binding, type Partition, PORT_PROTOCOLS, type PortRange } from "../../ts/policy/model.ts";
import { sameAddress } from "./addresses.ts";

export const ICMPV4 = 1;
export const TCP = 6;
export const ICMPV6 = 58;

/** Where a packet is going to, in its own words; of a later fragment, in those of its datagram's first. */
export interface Flow {
  readonly protocol: number;
  /** `null`: of a protocol without ports. */
  readonly srcPort: number | null;
  readonly dstPort: number | null;
}

/** A protocol without ports is asked for as port 0: its ranges are written whole. */
export function holds(ranges: readonly PortRange[], flow: Flow): boolean {
  const port = PORT_PROTOCOLS.has(flow.protocol) ? flow.dstPort! : 0;
  return ranges.some((range) => range.protocol === flow.protocol && range.first <= port && port <= range.last);
}

export const isForPort = ({ ports }: Binding, flow: Flow): boolean => ports !== null && holds(ports, flow);
export const isOnAddress = ({ address }: Binding, dst: Uint8Array): boolean =>
  address !== null && sameAddress(address, dst);
export const isOnAny = ({ address }: Binding): boolean => address === null;

/** What step 11 says of a partition. */
export type Bound =
  | { readonly found: false }
  /** `binding` is `null` when the policy lists no bindings at all. */
  | { readonly found: true; readonly binding: number | null };

export function findBinding({ bindings }: Partition, dst: Uint8Array, flow: Flow): Bound {
  if (bindings === null) return { found: true, binding: null };
  const isCatchAll = ({ ports }: Binding): boolean => ports === null;
  const tries = [
    (binding: Binding) => isOnAddress(binding, dst) && isForPort(binding, flow),
    (binding: Binding) => isOnAny(binding) && isForPort(binding, flow),
    (binding: Binding) => isOnAddress(binding, dst) && isCatchAll(binding),
    (binding: Binding) => isOnAny(binding) && isCatchAll(binding),
  ];
  for (const matches of tries) {
    const binding = bindings.findIndex(matches);
    if (binding !== -1) return { found: true, binding };
  }
  return { found: false };
}
