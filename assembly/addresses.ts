// Step 4: is the destination ours, and did the frame come by its interface? Addresses of our interfaces (P-02: interfaces
// have them, partitions do not), their broadcasts and the groups that were joined stand in a hash table that the kernel
// fills when a policy is loaded.

import { FRAME_INTERFACE, NONE16, NONE32, PACKET_VLAN_TAGS, PACKET_VLANS } from "./columns";
import { DEVICES, PACKET, POLICY } from "./memory";
import { u64At, u8At } from "./bytes";
import { NOT_OURS, OK, WRONG_INTERFACE } from "./reason";
import {
  ADDRESS_INTERFACE,
  ADDRESS_MEMBERS,
  ADDRESS_NUMBER,
  ADDRESS_OWNER,
  ADDRESS_SIZE,
  ADDRESS_VERSION,
  HEADER_ADDRESS_COUNT,
  HEADER_ADDRESS_MASK,
  HEADER_ADDRESS_SLOTS,
  HEADER_ADDRESSES,
  HEADER_INTERFACE_COUNT,
  HEADER_INTERFACES,
  INTERFACE_DEVICE,
  INTERFACE_MEMBERS,
  INTERFACE_SIZE,
  INTERFACE_VLAN,
} from "./tables";

// Of the destination at hand, valid when findDestination was OK.
export let interfaceIndex: u32 = 0;
export let owner: u32 = 0; // partition, or NONE16: shared
export let addressNumber: u32 = 0; // or NONE16: a broadcast or group
export let isForMany: bool = false; // a broadcast or group
export let members: usize = 0; // its MEMBERS, or 0: none

// INTERFACE_DEVICE and INTERFACE_VLAN of an interface that frames may come by anyhow.
const ANYWHERE: u64 = 0xffffffff_00000000;

// `at` is the destination address of the packet at hand, `frame` its FRAME row.
export function findDestination(version: u32, at: usize, frame: usize): i32 {
  if (isGroup(version, at)) return findGroup(version, at, frame);
  const row = rowOf(version, at, NONE32);
  if (row == 0) return NOT_OURS;
  interfaceIndex = load<u16>(row, ADDRESS_INTERFACE);
  owner = load<u16>(row, ADDRESS_OWNER);
  addressNumber = load<u16>(row, ADDRESS_NUMBER);
  members = load<u32>(row, ADDRESS_MEMBERS);
  isForMany = members != 0;
  const own = interfaceRow(interfaceIndex);
  if (load<u64>(own, INTERFACE_DEVICE) == ANYWHERE) return OK;
  return canHaveComeBy(own, deviceOf(frame), vlanOfFrame()) ? OK : WRONG_INTERFACE;
}

function findGroup(version: u32, at: usize, frame: usize): i32 {
  owner = NONE16;
  addressNumber = NONE16;
  isForMany = true;
  interfaceIndex = soleInterface(deviceOf(frame), vlanOfFrame());
  if (interfaceIndex == NONE16) return NOT_OURS;
  members = 0;
  if (isForAll(version, at)) {
    members = load<u32>(interfaceRow(interfaceIndex) + INTERFACE_MEMBERS);
  } else {
    const joined = rowOf(version, at, interfaceIndex);
    if (joined != 0) members = load<u32>(joined + ADDRESS_MEMBERS);
  }
  return OK;
}

// Multicast (RFC 1112: 224.0.0.0/4; RFC 4291: ff00::/8) or the limited broadcast.
// @ts-ignore: decorator
@inline
export function isGroup(version: u32, at: usize): bool {
  const first = u8At(at);
  return first >= 224 && (version == 6 ? first == 255 : first < 240 || load<u32>(at) == 0xffffffff);
}

// Number of the device that a frame came by, 0: not known.
function deviceOf(frame: usize): u32 {
  return load<u16>(DEVICES + (<u32>load<u16>(frame, FRAME_INTERFACE) << 1));
}

// The limited broadcast, and the groups of all hosts: RFC 1112 section 4, RFC 4291 section 2.7.1.
function isForAll(version: u32, at: usize): bool {
  if (version == 4) return load<u32>(at) == 0xffffffff || load<u32>(at) == 0x010000e0; // 224.0.0.1
  const scope = u64At(at);
  return (scope == 0xff01000000000000 || scope == 0xff02000000000000) && u64At(at + 8) == 1;
}

// VLAN of the frame's one tag, 0 without a tag; NONE16 with several: no interface is on such a VLAN.
function vlanOfFrame(): u32 {
  const tags = <u32>load<u8>(PACKET + PACKET_VLANS);
  if (tags > 1) return NONE16;
  return tags == 0 ? 0 : <u32>load<u16>(PACKET + PACKET_VLAN_TAGS) & 0xfff;
}

// @ts-ignore: decorator
@inline
function interfaceRow(index: u32): usize {
  return load<u32>(POLICY + HEADER_INTERFACES) + index * INTERFACE_SIZE;
}

// P-01: a device that is not known may be any.
function canHaveComeBy(row: usize, device: u32, vlan: u32): bool {
  const ownDevice = load<u32>(row + INTERFACE_DEVICE);
  const ownVlan = load<u32>(row + INTERFACE_VLAN);
  return (ownDevice == 0 || device == 0 || ownDevice == device) && (ownVlan == u32(NONE32) || ownVlan == vlan);
}

// The one interface that the frame can have come by; NONE16: there are several, or none.
function soleInterface(device: u32, vlan: u32): u32 {
  const count = load<u32>(POLICY + HEADER_INTERFACE_COUNT);
  let found: u32 = NONE16;
  for (let index: u32 = 0; index < count; index++) {
    if (!canHaveComeBy(interfaceRow(index), device, vlan)) continue;
    if (found != NONE16) return NONE16;
    found = index;
  }
  return found;
}

// The row of an address, of a group on one interface or (NONE32) of anything; 0: there is none.
function rowOf(version: u32, at: usize, index: u32): usize {
  const high = version == 4 ? <u64>load<u32>(at) : load<u64>(at);
  const low = version == 4 ? 0 : load<u64>(at + 8);
  const mask = load<u32>(POLICY + HEADER_ADDRESS_MASK);
  const slots = load<u32>(POLICY + HEADER_ADDRESS_SLOTS);
  let slot = hash(high, low) & mask;
  let entry = <u32>load<u16>(slots + (slot << 1));
  while (entry != 0) {
    const row = load<u32>(POLICY + HEADER_ADDRESSES) + (entry - 1) * ADDRESS_SIZE;
    if (
      load<u64>(row) == high &&
      load<u64>(row + 8) == low &&
      <u32>load<u8>(row + ADDRESS_VERSION) == version &&
      (index == u32(NONE32) || <u32>load<u16>(row + ADDRESS_INTERFACE) == index)
    ) {
      return row;
    }
    slot = (slot + 1) & mask;
    entry = load<u16>(slots + (slot << 1));
  }
  return 0;
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
