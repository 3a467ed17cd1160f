/**
 * The oracle, steps 4 and 5: whose packet it is and who sent it, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import type { Interface, InterfaceAddress, Policy } from "../../ts/policy/model.ts";

/** Whom a packet is for. */
export type Addressee =
  | { readonly kind: "owned"; readonly partition: number }
  | { readonly kind: "shared" }
  /** The broadcast of a prefix: `addresses` are those whose broadcast it is. */
  | { readonly kind: "broadcast"; readonly addresses: readonly InterfaceAddress[] }
  /** Multicast, or the limited broadcast. */
  | { readonly kind: "group" };

/** What step 4 says. */
export type Arrival =
  | { readonly interface: number; readonly addressee: Addressee }
  | { readonly interface: null; readonly reason: number };

/** Step 4. `vlan` are the VLANs of the tags, `device` is `null` when it is not known. */
export function arrive(
  interfaces: readonly Interface[],
  dst: Uint8Array,
  device: string | null,
  vlan: readonly number[],
): Arrival {
  if (isGroup(dst)) {
    const possible = interfaces.filter((entry) => canHaveComeBy(entry, device, vlan));
    if (possible.length !== 1) return { interface: null, reason: reason.NOT_OURS };
    return { interface: interfaces.indexOf(possible[0]!), addressee: { kind: "group" } };
  }
  for (const [index, entry] of interfaces.entries()) {
    const addressee = addresseeOn(entry, dst);
    if (addressee === null) continue;
    if (!canHaveComeBy(entry, device, vlan)) return { interface: null, reason: reason.WRONG_INTERFACE };
    return { interface: index, addressee };
  }
  return { interface: null, reason: reason.NOT_OURS };
}

function addresseeOn({ addresses }: Interface, dst: Uint8Array): Addressee | null {
  const found = addresses.find(({ address }) => sameAddress(address, dst));
  if (found !== undefined) {
    return found.owner === null ? { kind: "shared" } : { kind: "owned", partition: found.owner };
  }
  const behind = addresses.filter(({ address, prefix }) => isBroadcastOf(dst, address, prefix));
  return behind.length === 0 ? null : { kind: "broadcast", addresses: behind };
}

/** P-01 */
function canHaveComeBy(entry: Interface, device: string | null, vlan: readonly number[]): boolean {
  if (entry.device !== null && device !== null && entry.device !== device) return false;
  if (entry.vlan === null) return true;
  if (entry.vlan === 0 && vlan.length === 0) return true;
  return vlan.length === 1 && vlan[0] === entry.vlan;
}

/** Multicast (224.0.0.0/4, ff00::/8), or 255.255.255.255. */
export function isGroup(address: Uint8Array): boolean {
  if (address.length === 16) return address[0] === 0xff;
  return address[0]! >> 4 === 0xe || address.every((octet) => octet === 255);
}

/** True for the all-ones address of an IPv4 interface address that was written with a prefix length of up to 30. */
function isBroadcastOf(dst: Uint8Array, address: Uint8Array, prefix: number | null): boolean {
  if (dst.length !== 4 || prefix === null || prefix > 30) return false;
  if (!isInPrefix(dst, address, prefix)) return false;
  for (let n = prefix; n < 32; n++) {
    if (bit(dst, n) === 0) return false;
  }
  return true;
}

/** Step 5. Index of the template of the longest prefix that holds the address; `null` is NO_TEMPLATE. */
export function findTemplate(policy: Policy, sender: Uint8Array): number | null {
  // F-05: ::ffff:a.b.c.d is looked up as a.b.c.d.
  const isMapped = sender.length === 16 && sender.slice(0, 12).every((octet, k) => octet === (k < 10 ? 0 : 0xff));
  const src = isMapped ? sender.slice(12) : sender;
  if (isGroup(sender) || isGroup(src)) return null;
  let template: number | null = null;
  let longest = -1;
  for (const host of policy.hosts) {
    if (isInPrefix(src, host.address, host.prefix) && host.prefix > longest) {
      longest = host.prefix;
      template = host.template;
    }
  }
  return template;
}

export function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, k) => octet === b[k]);
}

function bit(address: Uint8Array, n: number): number {
  return (address[Math.floor(n / 8)]! >> (7 - (n % 8))) & 1;
}

/** True when `address` is of the same IP version as `net` and begins with its first `prefix` bits. */
function isInPrefix(address: Uint8Array, net: Uint8Array, prefix: number): boolean {
  if (address.length !== net.length) return false;
  for (let n = 0; n < prefix; n++) {
    if (bit(address, n) !== bit(net, n)) return false;
  }
  return true;
}
