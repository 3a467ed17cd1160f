// What each of the policy's labels is within, found out once when a policy is loaded: for each template whether its senders
// may say it (step 7), for each interface whether it may arrive there (step 10). Labels of packets that equal none of the
// policy's are compared one by one.

import { POLICY } from "./memory";
import { labelWithin } from "./label";
import { labelBlock } from "./partitions";
import { accredits } from "./templates";
import {
  HEADER_GRANT_OCTETS,
  HEADER_GRANTS,
  HEADER_INTERFACE_COUNT,
  HEADER_INTERFACES,
  HEADER_LABEL_COUNT,
  HEADER_TEMPLATE_COUNT,
  INTERFACE_HIGH,
  INTERFACE_LOW,
  INTERFACE_SIZE,
} from "./tables";
import { NONE32 } from "./columns";

// @ts-ignore: decorator
@inline
function isGranted(grants: usize, number: u32, bit: u32): bool {
  const at = grants + number * load<u32>(POLICY + HEADER_GRANT_OCTETS) + (bit >> 3);
  return ((load<u8>(at) >> (bit & 7)) & 1) != 0;
}

// Step 7: whether the template's senders may carry a label: `label` a block, `number` its number in the policy or NONE32.
export function isAccredited(template: u32, label: usize, number: u32): bool {
  const grants = load<u32>(POLICY + HEADER_GRANTS);
  if (grants == 0 || number == u32(NONE32)) return accredits(template, label, number);
  return isGranted(grants, number, template);
}

// Step 10: whether a label may arrive at an interface.
export function isInRange(index: u32, label: usize, number: u32): bool {
  const grants = load<u32>(POLICY + HEADER_GRANTS);
  if (grants == 0 || number == u32(NONE32)) return holds(index, label);
  return isGranted(grants, number, load<u32>(POLICY + HEADER_TEMPLATE_COUNT) + index);
}

function holds(index: u32, label: usize): bool {
  const row = load<u32>(POLICY + HEADER_INTERFACES) + index * INTERFACE_SIZE;
  const low = load<u32>(row, INTERFACE_LOW);
  return low == 0 || labelWithin(label, low, load<u32>(row, INTERFACE_HIGH));
}

// Fills the bits.
export function indexGrants(): void {
  const grants = load<u32>(POLICY + HEADER_GRANTS);
  if (grants == 0) return;
  const labels = load<u32>(POLICY + HEADER_LABEL_COUNT);
  const templates = load<u32>(POLICY + HEADER_TEMPLATE_COUNT);
  const interfaces = load<u32>(POLICY + HEADER_INTERFACE_COUNT);
  for (let number: u32 = 0; number < labels; number++) {
    const label = labelBlock(number);
    const bits = grants + number * load<u32>(POLICY + HEADER_GRANT_OCTETS);
    for (let template: u32 = 0; template < templates; template++) {
      if (accredits(template, label, number)) grant(bits, template);
    }
    for (let index: u32 = 0; index < interfaces; index++) {
      if (holds(index, label)) grant(bits, templates + index);
    }
  }
}

function grant(bits: usize, bit: u32): void {
  const at = bits + (bit >> 3);
  store<u8>(at, <u32>load<u8>(at) | (1 << (bit & 7)));
}
