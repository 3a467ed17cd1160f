// Step 4: is the destination ours? Addresses of our interfaces and their broadcasts, in a hash table that the kernel
// fills when a policy is loaded; multicast and limited broadcast belong to the one interface there is.

import { NONE16, NONE32 } from "./columns";
import { POLICY } from "./memory";
import { u8At } from "./bytes";
import {
  ADDRESS_INTERFACE,
  ADDRESS_NUMBER,
  ADDRESS_OWNER,
  ADDRESS_SIZE,
  ADDRESS_VERSION,
  HEADER_ADDRESS_COUNT,
  HEADER_ADDRESS_MASK,
  HEADER_ADDRESS_SLOTS,
  HEADER_ADDRESSES,
  HEADER_GROUP_INTERFACE,
} from "./tables";

// Of the destination at hand, valid when find() was true.
export let interfaceIndex: u32 = 0;
export let owner: u32 = 0; // partition, or NONE16: shared
export let addressNumber: u32 = 0; // or NONE16: a group address

export function findDestination(version: u32, at: usize): bool {
  const high = version == 4 ? <u64>load<u32>(at) : load<u64>(at);
  const low = version == 4 ? 0 : load<u64>(at + 8);
  const mask = load<u32>(POLICY + HEADER_ADDRESS_MASK);
  const slots = load<u32>(POLICY + HEADER_ADDRESS_SLOTS);
  for (let slot = hash(high, low) & mask; ; slot = (slot + 1) & mask) {
    const entry = <u32>load<u16>(slots + (slot << 1));
    if (entry == 0) break;
    const row = load<u32>(POLICY + HEADER_ADDRESSES) + (entry - 1) * ADDRESS_SIZE;
    if (load<u64>(row) == high && load<u64>(row + 8) == low && <u32>load<u8>(row + ADDRESS_VERSION) == version) {
      interfaceIndex = load<u16>(row + ADDRESS_INTERFACE);
      owner = load<u16>(row + ADDRESS_OWNER);
      addressNumber = load<u16>(row + ADDRESS_NUMBER);
      return true;
    }
  }
  const group = load<u32>(POLICY + HEADER_GROUP_INTERFACE);
  if (group == u32(NONE32) || !isGroup(version, at)) return false;
  interfaceIndex = group;
  owner = NONE16;
  addressNumber = NONE16;
  return true;
}

// Multicast (RFC 1112: 224.0.0.0/4; RFC 4291: ff00::/8) or the limited broadcast.
export function isGroup(version: u32, at: usize): bool {
  if (version == 6) return u8At(at) == 0xff;
  return u8At(at) >> 4 == 14 || load<u32>(at) == 0xffffffff;
}

// @ts-ignore: decorator
@inline
function hash(high: u64, low: u64): u32 {
  const mixed = (high ^ (low * 0x9e3779b97f4a7c15)) * 0xff51afd7ed558ccd;
  return <u32>(mixed >> 32);
}

// Fills the hash table from the rows. The mask leaves at least half of the slots free.
export function indexAddresses(): void {
  const count = load<u32>(POLICY + HEADER_ADDRESS_COUNT);
  const mask = load<u32>(POLICY + HEADER_ADDRESS_MASK);
  const slots = load<u32>(POLICY + HEADER_ADDRESS_SLOTS);
  for (let number: u32 = 0; number < count; number++) {
    const row = load<u32>(POLICY + HEADER_ADDRESSES) + number * ADDRESS_SIZE;
    let slot = hash(load<u64>(row), load<u64>(row + 8)) & mask;
    while (load<u16>(slots + (slot << 1)) != 0) slot = (slot + 1) & mask;
    store<u16>(slots + (slot << 1), number + 1);
  }
}
