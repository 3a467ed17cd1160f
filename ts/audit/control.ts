/**
 * Control packets that need no label (step 6; R-02): they go to the control partition from everybody with a template.
 *
 * @module
 */
import type { Target } from "../verdict.ts";
import type { Witness } from "./finding.ts";
import type { Version } from "./fit.ts";
import { bindingsFor } from "./openings.ts";
import type { Place } from "./places.ts";
import { ICMP, ICMPV6, IGMP, wholeProtocol } from "./ports.ts";
import type { Reach } from "./reach.ts";
import type { Witnesses } from "./witness.ts";

/** Where control packets of a kind go, and one of them. */
export interface ControlPacket {
  readonly version: Version;
  readonly protocol: number;
  readonly binding: number | null;
  readonly target: Target;
  readonly witness: Witness | null;
}

/** Protocols with messages that need no label. */
export const CONTROL_PROTOCOLS: Readonly<Record<Version, readonly number[]>> = { 4: [ICMP, IGMP], 6: [ICMPV6] };

/** All that control packets reach; nothing without a control partition. */
export function controlPackets(reach: Reach, witnesses: Witnesses): ControlPacket[] {
  const { control, partitions } = reach.policy;
  if (control === null) return [];
  const found = new Map<string, ControlPacket>();
  for (const version of [4, 6] as const) {
    const sender = [...reach.senders.byTemplate[version].values()][0];
    if (sender === undefined) continue;
    for (const place of placesFor(reach, version)) {
      const address = place.owner === null ? null : place.address;
      for (const protocol of CONTROL_PROTOCOLS[version]) {
        const [taken] = bindingsFor(partitions[control]!, address, [wholeProtocol(protocol)], false);
        const key = `${version} ${protocol} ${taken?.binding}`;
        if (taken === undefined || found.has(key)) continue;
        const target = witnesses.target(control, taken.binding);
        const packet = { sender, place, label: null, exempt: true, protocol, port: 0 };
        const witness = witnesses.bare(packet, { ...target, copies: [] });
        found.set(key, { version, protocol, binding: taken.binding, target, witness });
      }
    }
  }
  return [...found.values()];
}

/** Some place in a version of IP, `null`: nothing is ours there. */
export function anyPlace(reach: Reach, version: Version): Place | null {
  for (const at of reach.places) {
    if (at.version !== version) continue;
    const [place] = [...at.shared, ...[...at.owned.values()].flat(), ...at.many];
    if (place !== undefined) return place;
  }
  return null;
}

// Addresses with bindings of the control partition, and one place without. Whose the address is does not matter.
function placesFor({ places, policy }: Reach, version: Version): Place[] {
  const bound = new Set((policy.partitions[policy.control!]!.bindings ?? []).map(({ address }) => address?.join()));
  const all = places.flatMap((at) =>
    at.version === version ? [...at.shared, ...[...at.owned.values()].flat(), ...at.many] : [],
  );
  const isBound = ({ address, owner }: Place): boolean => owner !== null && bound.has(address.join());
  const plain = all.find((place) => !isBound(place));
  return [...(plain === undefined ? [] : [plain]), ...all.filter(isBound)];
}
