// Step 9: which partition takes a packet. On shared addresses (P-03) the label decides, on an owned one its owner, and of a
// broadcast or multicast (P-26) each member gets a copy that it takes.

import { NONE16, NONE32, PACKET_VERSION } from "./columns";
import { PACKET, POLICY } from "./memory";
import { hasPorts, isNamed } from "./ports";
import { labelDominates } from "./label";
import { addressNumber, isForMany, members, owner } from "./addresses";
import { bindingOf, labelBlock, rowOfPort, targetOf } from "./partitions";
import { GROUP_TCP, NO_MEMBER, NO_PARTITION, OK, PARTITION_LABEL_MISMATCH } from "./reason";
import {
  HEADER_LABEL_PARTITIONS,
  HEADER_LOWER,
  HEADER_LOWER_COUNT,
  HEADER_MULTILEVEL,
  HEADER_MULTILEVEL_COUNT,
  HEADER_PARTITIONS,
  MEMBERS_ICMP,
  MEMBERS_LIST,
  MEMBERS_OTHERS,
  MEMBERS_PLAIN,
  MEMBERS_SHARED,
  PARTITION_ADDRESSED,
  PARTITION_ENDPOINT,
  PARTITION_FLAGS,
  PARTITION_ICMP,
  PARTITION_LABEL,
  PARTITION_MULTILEVEL,
  PARTITION_MULTILEVEL_COUNT,
  PARTITION_OPEN,
  PARTITION_PORT_COUNT,
  PARTITION_PORTS,
  PARTITION_REST,
  PARTITION_SHARED,
  PARTITION_SIZE,
  PORT_PARTITION,
  PORT_TARGET,
} from "./tables";

const TCP: u32 = 6;
const ICMP4: u32 = 1;
const ICMP6: u32 = 58;

// The packet at hand.
let protocol: u32 = 0;
let port: u32 = 0;
let label: usize = 0; // block
let number: u32 = 0; // of its label in the policy, or NONE32
let named: bool = false; // rows may name the port, or the protocol
let sharedOwner: u32 = 0; // of the multilevel port on shared addresses, or NONE32
let lower: usize = 0; // PORT row of the binding that takes lower labels, if the sender's are unlabelled, or 0

// Valid when take was OK: the partition, for a broadcast or multicast the first that takes it.
export let partition: u32 = 0;
export let endpoint: u32 = 0; // of the partition's binding, or NONE32: it has none for the packet
let pending0: u32 = 0; // partitions on shared addresses that the label or the port points at, ascending, or NONE32
let pending1: u32 = 0;
let pending2: u32 = 0;
let listed: u32 = 0; // index, in the lists of members, of the next of those to be looked at, and behind the last
let listedEnd: u32 = 0;
let plain: u32 = 0; // index there of the next plain one, and behind the last of the packet's label
let plainEnd: u32 = 0;

export function take(label0: usize, number0: u32, protocol0: u32, port0: u32, unlabelledSender: bool): i32 {
  label = label0;
  number = number0;
  protocol = protocol0;
  port = port0;
  const ported = hasPorts(protocol);
  named = !ported || isNamed(port);
  const multilevel = load<u32>(POLICY + HEADER_MULTILEVEL_COUNT);
  sharedOwner = ported && named && multilevel != 0
    ? targetOf(load<u32>(POLICY + HEADER_MULTILEVEL), multilevel, protocol, NONE16, port)
    : u32(NONE32);
  lower = unlabelledSender ? lowerBinding() : 0; // an owned address never gets so far
  if (isForMany) return takeFirstCopy();
  if (owner != NONE16) {
    partition = owner; // D-01
    endpoint = endpointOf(owner);
    return takesOwn(owner) ? OK : PARTITION_LABEL_MISMATCH;
  }

  partition = sharedOwner; // D-02
  if (partition == u32(NONE32)) partition = equalPartition(); // D-03
  if (partition != u32(NONE32)) {
    endpoint = endpointOf(partition);
    if (endpoint != u32(NONE32) || sharedOwner != u32(NONE32)) return OK;
  }
  if (lower != 0) {
    partition = load<u32>(lower + PORT_PARTITION); // A-05, D-06
    endpoint = load<u32>(lower + PORT_TARGET);
    return OK;
  }
  return partition == u32(NONE32) ? NO_PARTITION : OK; // P-22, D-05, Q-09: nobody else's
}

// I-01: an exempt packet goes to the control partition (P-24), whatever address it is for.
export function takeControl(control: u32, protocol0: u32, port0: u32): void {
  protocol = protocol0;
  port = port0;
  named = !hasPorts(protocol) || isNamed(port);
  sharedOwner = NONE32;
  partition = control;
  endpoint = endpointOf(control);
}

// A-04, D-07, F-22: whether the owner of an address takes the packet.
function takesOwn(index: u32): bool {
  const row = partitionRow(index);
  if (load<u32>(row + PARTITION_LABEL) == number) return true;
  return hasPrivatePort(row) || takesIcmp(row);
}

// Whether a member of a broadcast or multicast takes a copy of it.
function takesCopy(index: u32): bool {
  const row = partitionRow(index);
  if (load<u32>(row + PARTITION_LABEL) == number) return true;
  const shared = (load<u32>(row + PARTITION_FLAGS) & PARTITION_SHARED) != 0;
  if (shared ? sharedOwner == index : hasPrivatePort(row)) return true; // B-03
  return takesIcmp(row) || (lower != 0 && load<u32>(lower + PORT_PARTITION) == index);
}

function hasPrivatePort(row: usize): bool {
  const count = load<u32>(row + PARTITION_MULTILEVEL_COUNT);
  if (count == 0 || !hasPorts(protocol)) return false;
  return targetOf(load<u32>(row + PARTITION_MULTILEVEL), count, protocol, NONE16, port) != u32(NONE32);
}

// @ts-ignore: decorator
@inline
function isIcmp(): bool {
  return protocol == (load<u8>(PACKET + PACKET_VERSION) == 4 ? ICMP4 : ICMP6);
}

// @ts-ignore: decorator
@inline
function takesIcmp(row: usize): bool {
  return isIcmp() && (load<u32>(row + PARTITION_FLAGS) & PARTITION_ICMP) != 0;
}

// @ts-ignore: decorator
@inline
function partitionRow(index: u32): usize {
  return load<u32>(POLICY + HEADER_PARTITIONS) + index * PARTITION_SIZE;
}

// The partition on shared addresses whose label equals the packet's, or NONE32 (P-08, P-21, A-06).
function equalPartition(): u32 {
  if (number == u32(NONE32)) return NONE32;
  const equal = <u32>load<u16>(load<u32>(POLICY + HEADER_LABEL_PARTITIONS) + (number << 1));
  return equal == NONE16 ? u32(NONE32) : equal;
}

// The binding that takes lower labels of the port, on the address before any, when its label dominates the packet's.
function lowerBinding(): usize {
  const count = load<u32>(POLICY + HEADER_LOWER_COUNT);
  if (count == 0) return 0;
  const rows = load<u32>(POLICY + HEADER_LOWER);
  let row: usize = 0;
  if (addressNumber != NONE16) row = rowOfPort(rows, count, protocol, addressNumber, port);
  if (row == 0) row = rowOfPort(rows, count, protocol, NONE16, port);
  if (row == 0) return 0;
  const own = load<u32>(partitionRow(load<u32>(row + PORT_PARTITION)) + PARTITION_LABEL);
  return labelDominates(labelBlock(own), label) ? row : usize(0);
}

// Step 11: the endpoint of a partition for the packet (P-09), or NONE32. A multilevel port needs no binding.
function endpointOf(index: u32): u32 {
  const row = partitionRow(index);
  if (load<u32>(row + PARTITION_OPEN) != 0) return load<u32>(row + PARTITION_ENDPOINT);
  const addressed = (load<u32>(row + PARTITION_FLAGS) & PARTITION_ADDRESSED) != 0;
  let bound = load<u32>(row + PARTITION_REST);
  if (named || addressed) {
    const rows = load<u32>(row + PARTITION_PORTS);
    const count = load<u32>(row + PARTITION_PORT_COUNT);
    const own = bindingOf(rows, count, protocol, addressed ? addressNumber : <u32>NONE16, port);
    if (own != u32(NONE32)) bound = own;
  }
  if (bound != u32(NONE32)) return bound;
  const shared = isForMany ? (load<u32>(row + PARTITION_FLAGS) & PARTITION_SHARED) != 0 : owner == NONE16;
  const multilevel = shared ? sharedOwner == index : hasPrivatePort(row);
  return multilevel ? load<u32>(row + PARTITION_ENDPOINT) : u32(NONE32);
}

// M-01, M-02: the first member that takes a copy. One that has a binding for it comes before one without.
function takeFirstCopy(): i32 {
  if (protocol == TCP) return GROUP_TCP; // M-03
  if (members == 0) return NO_MEMBER;
  if (load<u64>(members) == 0 && load<u32>(members + MEMBERS_PLAIN) == 0) return NO_MEMBER; // MEMBERS_SHARED, MEMBERS_OTHERS
  openMembers();
  if (takeNextCopy()) return OK;
  openMembers();
  endpoint = NONE32;
  for (let index = nextMember(); index != u32(NONE32); index = nextMember()) {
    if (!takesCopy(index)) continue;
    partition = index;
    return OK;
  }
  return NO_PARTITION;
}

// The next member that takes a copy and has a binding for it, after the last that was found; false: there is none.
export function takeNextCopy(): bool {
  for (let index = nextMember(); index != u32(NONE32); index = nextMember()) {
    if (!takesCopy(index)) continue;
    partition = index;
    endpoint = endpointOf(index);
    if (endpoint != u32(NONE32)) return true;
  }
  return false;
}

// Of members that take nothing but their own label, only those of the packet's are gone through, however many there are. Of
// partitions on shared addresses only three can take a copy without standing in the list: the one whose label equals, and
// those that the port points at.
function openMembers(): void {
  const others = load<u32>(members + MEMBERS_OTHERS);
  const icmp = load<u32>(members + MEMBERS_ICMP);
  listed = isIcmp() ? others : 0;
  listedEnd = isIcmp() ? others + icmp : others;
  findPlain(others + icmp);
  pending0 = NONE32;
  pending1 = NONE32;
  pending2 = NONE32;
  if (load<u32>(members + MEMBERS_SHARED) == 0) return;
  const equal = equalPartition();
  const above = lower == 0 ? u32(NONE32) : load<u32>(lower + PORT_PARTITION);
  pending0 = min(min(equal, sharedOwner), above);
  pending2 = max(max(equal, sharedOwner), above);
  pending1 = max(min(equal, sharedOwner), min(max(equal, sharedOwner), above));
}

// The plain members whose label equals: they stand side by side.
function findPlain(first: u32): void {
  plain = first;
  plainEnd = first;
  if (number == u32(NONE32)) return;
  const end = first + load<u32>(members + MEMBERS_PLAIN);
  plain = memberFrom(first, end, number);
  plainEnd = memberFrom(plain, end, number + 1);
}

// The first of some plain members, by index, whose label has this number or a higher one.
function memberFrom(from: u32, to: u32, least: u32): u32 {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (labelOfMember(middle) < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

// @ts-ignore: decorator
@inline
function memberAt(index: u32): u32 {
  return load<u16>(members + MEMBERS_LIST + (index << 1));
}

// @ts-ignore: decorator
@inline
function labelOfMember(index: u32): u32 {
  return load<u32>(partitionRow(memberAt(index)) + PARTITION_LABEL);
}

// Members ascending, each once.
function nextMember(): u32 {
  const fromList: u32 = listed < listedEnd ? memberAt(listed) : u32(NONE32);
  const fromPlain: u32 = plain < plainEnd ? memberAt(plain) : u32(NONE32);
  const next = min(min(fromList, fromPlain), pending0);
  if (next == u32(NONE32)) return next;
  if (next == fromList) listed++;
  if (next == fromPlain) plain++;
  while (pending0 == next) {
    pending0 = pending1;
    pending1 = pending2;
    pending2 = NONE32;
  }
  return next;
}
