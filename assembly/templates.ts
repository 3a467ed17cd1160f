// Steps 6 and 7: what a host template lets its senders say.

import { NONE32 } from "./columns";
import { POLICY } from "./memory";
import { labelWithin } from "./label";
import {
  HEADER_TEMPLATES,
  TEMPLATE_COUNTERPART,
  TEMPLATE_HIGH,
  TEMPLATE_LABEL,
  TEMPLATE_LABELLED,
  TEMPLATE_LOW,
  TEMPLATE_SET,
  TEMPLATE_SET_COUNT,
  TEMPLATE_SIZE,
} from "./tables";

// @ts-ignore: decorator
@inline
function rowOf(template: u32): usize {
  return load<u32>(POLICY + HEADER_TEMPLATES) + template * TEMPLATE_SIZE;
}

export function isLabelled(template: u32): bool {
  return load<u32>(rowOf(template) + TEMPLATE_LABELLED) != 0;
}

// Number of the label that an unlabelled template gives its senders, in our terms (dois).
export function templateLabel(template: u32): u32 {
  return load<u32>(rowOf(template) + TEMPLATE_COUNTERPART);
}

// Step 7: whether its senders may carry a label: `label` a block, `number` its number in the policy or NONE32.
// The DOI is part of every comparison.
export function accredits(template: u32, label: usize, number: u32): bool {
  const row = rowOf(template);
  if (load<u32>(row + TEMPLATE_LABELLED) == 0) return load<u32>(row + TEMPLATE_LABEL) == number;
  const low = load<u32>(row + TEMPLATE_LOW);
  if (low != 0 && labelWithin(label, low, load<u32>(row + TEMPLATE_HIGH))) return true;
  return number != u32(NONE32) && isInSet(load<u32>(row + TEMPLATE_SET), load<u32>(row + TEMPLATE_SET_COUNT), number);
}

// a set has any size.
function isInSet(set: usize, count: u32, number: u32): bool {
  let from: u32 = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (load<u32>(set + (middle << 2)) < number) from = middle + 1;
    else to = middle;
  }
  return from < count && load<u32>(set + (from << 2)) == number;
}
