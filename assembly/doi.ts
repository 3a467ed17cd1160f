// Domains of interpretation: which are known. A label of any other is not read (C3, K9).

import { POLICY } from "./memory";
import { FLAG_ANY_DOI, HEADER_DOI_COUNT, HEADER_DOIS, HEADER_FLAGS } from "./tables";

export function isKnownDoi(doi: u32): bool {
  if ((load<u32>(POLICY + HEADER_FLAGS) & FLAG_ANY_DOI) != 0) return true;
  const count = load<u32>(POLICY + HEADER_DOI_COUNT);
  if (count == 1) return load<u32>(load<u32>(POLICY + HEADER_DOIS)) == doi;
  return doiIndex(doi) != count;
}

// Where it stands among those the policy names; their count: nowhere.
export function doiIndex(doi: u32): u32 {
  const dois = load<u32>(POLICY + HEADER_DOIS);
  const count = load<u32>(POLICY + HEADER_DOI_COUNT);
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = load<u32>(dois + (middle << 2));
    if (value == doi) return middle;
    if (value < doi) low = middle + 1;
    else high = middle;
  }
  return count;
}
