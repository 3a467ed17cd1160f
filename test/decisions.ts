// Decisions that anything that decides must make, derived from docs/decision.md: policies, frames, and where they go.
import { ARRIVAL } from "./decisions/arrival.ts";
import type { Decision } from "./decisions/case.ts";
import { FRAGMENTS } from "./decisions/fragments.ts";
import { GROUPS } from "./decisions/groups.ts";
import { MAPPING } from "./decisions/mapping.ts";
import { REFUSED } from "./decisions/refused.ts";
import { SENDERS_AND_LABELS } from "./decisions/senders.ts";
import { OWNED_ADDRESSES, SHARED_ADDRESSES } from "./decisions/take.ts";

export type { Decision } from "./decisions/case.ts";

export const DECISIONS: readonly Decision[] = [
  ...ARRIVAL,
  ...SENDERS_AND_LABELS,
  ...MAPPING,
  ...FRAGMENTS,
  ...REFUSED,
  ...OWNED_ADDRESSES,
  ...SHARED_ADDRESSES,
  ...GROUPS,
];
