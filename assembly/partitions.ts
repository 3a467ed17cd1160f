// Steps 9 and 11: label -> partition, port -> endpoint. And the policy's labels, found by equality.

import { NONE16, NONE32 } from "./columns";
import { POLICY } from "./memory";
import { hashOf, labelEqual } from "./label";
import {
  HEADER_LABEL_COUNT,
  HEADER_LABEL_MASK,
  HEADER_LABEL_SLOTS,
  HEADER_LABELS,
  PORT_ADDRESS,
  PORT_LAST,
  PORT_SIZE,
  PORT_TARGET,
} from "./tables";

// @ts-ignore: decorator
@inline
export function labelBlock(number: u32): usize {
  return load<u32>(load<u32>(POLICY + HEADER_LABELS) + (number << 2));
}

// The number of the policy's label that equals a block, or NONE32. Equality by all octets, never by hash alone. P-12: the
// time does not grow with their number.
export function labelNumber(label: usize): u32 {
  const mask = load<u32>(POLICY + HEADER_LABEL_MASK);
  const slots = load<u32>(POLICY + HEADER_LABEL_SLOTS);
  let slot = hashOf(label) & mask;
  while (true) {
    const entry = load<u32>(slots + (slot << 2));
    if (entry == 0) return u32(NONE32);
    if (labelEqual(label, labelBlock(entry - 1))) return entry - 1;
    slot = (slot + 1) & mask;
  }
}

// Fills the hash table from the labels. The mask leaves at least half of the slots free.
export function indexLabels(): void {
  const count = load<u32>(POLICY + HEADER_LABEL_COUNT);
  const mask = load<u32>(POLICY + HEADER_LABEL_MASK);
  const slots = load<u32>(POLICY + HEADER_LABEL_SLOTS);
  for (let number: u32 = 0; number < count; number++) {
    let slot = hashOf(labelBlock(number)) & mask;
    while (load<u32>(slots + (slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + (slot << 2), number + 1);
  }
}

// The PORT row for a port on an address (or NONE16), or 0.
export function rowOfPort(rows: usize, count: u32, protocol: u32, address: u32, port: u32): usize {
  // The last row that starts at or before the port; PORT_FIRST and PORT_LAST are the low half of the key.
  const key = (<u64>protocol << 48) | (<u64>address << 32) | (<u64>port << 16) | 0xffff;
  let from: u32 = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<u64>(rows + middle * PORT_SIZE) <= key) from = middle + 1;
    else to = middle;
  }
  if (from == 0) return 0;
  const row = rows + (from - 1) * PORT_SIZE;
  const wanted = (protocol << 16) | address;
  return load<u32>(row + PORT_ADDRESS) != wanted || <u32>load<u16>(row + PORT_LAST) < port ? 0 : row;
}

// What that row leads to, or NONE32.
export function targetOf(rows: usize, count: u32, protocol: u32, address: u32, port: u32): u32 {
  const row = rowOfPort(rows, count, protocol, address, port);
  return row == 0 ? u32(NONE32) : load<u32>(row + PORT_TARGET);
}

// Step 11: (protocol, port) on the address, then on any; then what takes the rest (C-03: one is found, and that is it).
export function bindingOf(rows: usize, count: u32, protocol: u32, address: u32, port: u32): u32 {
  let target = targetOf(rows, count, protocol, address, port);
  if (target == u32(NONE32)) target = targetOf(rows, count, protocol, NONE16, port);
  if (target == u32(NONE32)) target = targetOf(rows, count, 0, address, port);
  if (target == u32(NONE32)) target = targetOf(rows, count, 0, NONE16, port);
  return target;
}
