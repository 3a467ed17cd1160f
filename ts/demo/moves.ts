/**
 * Who changed rooms when the policy changed.
 *
 * @module
 */
import type { ReasonName } from "../reason.ts";

/** Kinds of moves that are shown. */
export const MAX_MOVES = 24;

/** Where each frame is, by a policy: columns of rooms and reasons. */
export interface Whereabouts {
  /** Names of the partitions; the room behind the last is that of the drops. */
  readonly names: readonly string[];
  readonly count: number;
  room(index: number): number;
  reason(index: number): ReasonName | null;
}

/** Frames that moved alike. Rooms by name, `null`: dropped. */
export interface Moved {
  readonly from: string | null;
  readonly to: string | null;
  readonly fromReason: ReasonName | null;
  readonly toReason: ReasonName | null;
  readonly count: number;
  /** The first of them, counted from 1. */
  readonly frame: number;
}

/** Frames that came to a room, and that left it. */
export interface Shift {
  /** `null`: the room of the drops. */
  readonly room: string | null;
  readonly came: number;
  readonly went: number;
}

/** What all moves together brought each room, and took from it. */
export function shiftsOf(moves: readonly Moved[]): Shift[] {
  const rooms = new Map<string | null, { came: number; went: number }>();
  const add = (room: string | null, came: number, went: number): void => {
    const shift = rooms.get(room) ?? { came: 0, went: 0 };
    rooms.set(room, { came: shift.came + came, went: shift.went + went });
  };
  for (const { from, to, count } of moves) {
    if (from === to) continue; // dropped for another reason
    add(from, 0, count);
    add(to, count, 0);
  }
  return [...rooms].map(([room, shift]) => ({ room, ...shift }));
}

/** Every kind of move, the largest first. One drop for another reason counts as a move. */
export function movesBetween(before: Whereabouts, after: Whereabouts): Moved[] {
  const kinds = new Map<string, { -readonly [Key in keyof Moved]: Moved[Key] }>();
  for (let index = 0; index < Math.min(before.count, after.count); index++) {
    const from = before.names[before.room(index)] ?? null;
    const to = after.names[after.room(index)] ?? null;
    const fromReason = before.reason(index);
    const toReason = after.reason(index);
    if (from === to && fromReason === toReason) continue;
    const key = `${from}/${fromReason}>${to}/${toReason}`;
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { from, to, fromReason, toReason, count: 1, frame: index + 1 });
    else kind.count++;
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}
