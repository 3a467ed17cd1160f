// Steps 9 and 11: label -> partition, port -> endpoint. And the policy's labels, found by equality.

import { NONE16, NONE32 } from "./columns";
import { POLICY } from "./memory";
import { hashOf, labelEqual } from "./label";
import {
  HEADER_LABEL_COUNT,
  HEADER_LABEL_MASK,
  HEADER_LABEL_SLOTS,
  HEADER_LABELS,
  LABEL_SLOT_HASH,
  LABEL_SLOT_NUMBER,
  LABEL_SLOT_SIZE,
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
  const hash = hashOf(label);
  let slot = hash & mask;
  while (true) {
    const entry = slots + slot * LABEL_SLOT_SIZE;
    const number = load<u32>(entry, LABEL_SLOT_NUMBER);
    if (number == 0) return u32(NONE32);
    if (load<u32>(entry, LABEL_SLOT_HASH) == hash && labelEqual(label, labelBlock(number - 1))) return number - 1;
    slot = (slot + 1) & mask;
  }
}

// Fills the hash table from the labels. The mask leaves at least half of the slots free.
export function indexLabels(): void {
  const count = load<u32>(POLICY + HEADER_LABEL_COUNT);
  const mask = load<u32>(POLICY + HEADER_LABEL_MASK);
  const slots = load<u32>(POLICY + HEADER_LABEL_SLOTS);
  for (let number: u32 = 0; number < count; number++) {
    const hash = hashOf(labelBlock(number));
    let slot = hash & mask;
    while (load<u32>(slots + slot * LABEL_SLOT_SIZE, LABEL_SLOT_NUMBER) != 0) slot = (slot + 1) & mask;
    store<u32>(slots + slot * LABEL_SLOT_SIZE, number + 1, LABEL_SLOT_NUMBER);
    store<u32>(slots + slot * LABEL_SLOT_SIZE, hash, LABEL_SLOT_HASH);
  }
}

// The PORT row for a port on an address (or NONE16), or 0.
export function rowOfPort(rows: usize, count: u32, protocol: u32, address: u32, port: u32): usize {
  // The last row that starts at or before the port; PORT_FIRST and PORT_LAST are the low half of the key.
  const key = (<u64>protocol << 48) | (<u64>address << 32) | (<u64>port << 16) | 0xffff;
  // Without branches on what is found: where ports vary, half of them would be foreseen wrongly.
  let row = rows;
  for (let left = count; left > 1; ) {
    const half = left >> 1;
    const step = half * PORT_SIZE;
    row += step & (0 - u32(load<u64>(row + step) <= key));
    left -= half;
  }
  if (count == 0 || load<u64>(row) > key) return 0;
  const wanted = (protocol << 16) | address;
  return load<u32>(row + PORT_ADDRESS) != wanted || <u32>load<u16>(row + PORT_LAST) < port ? 0 : row;
}

// What that row leads to, or NONE32.
export function targetOf(rows: usize, count: u32, protocol: u32, address: u32, port: u32): u32 {
  const row = rowOfPort(rows, count, protocol, address, port);
  return row == 0 ? u32(NONE32) : load<u32>(row + PORT_TARGET);
}

// Step 11: (protocol, port) on the address, then on any; then what takes the rest on the address (C-03: one is found, and
// that is it). What takes the rest on any address is PARTITION_REST.
export function bindingOf(rows: usize, count: u32, protocol: u32, address: u32, port: u32): u32 {
  let target = address == NONE16 ? u32(NONE32) : targetOf(rows, count, protocol, address, port);
  if (target == u32(NONE32)) target = targetOf(rows, count, protocol, NONE16, port);
  if (target == u32(NONE32) && address != NONE16) target = targetOf(rows, count, 0, address, port);
  return target;
}
