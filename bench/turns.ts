// Whose turn it is. tinybench runs all tasks at once, and each waits here for its turns: one at a time, in rounds.

/**
 * The order in which so many take their turns in a round. Each round begins one further, and every other one goes
 * backwards: none always comes first, and none always has the same one before it, whose caches it would find.
 */
export function orderOf(round: number, count: number): number[] {
  const forward = Array.from({ length: count }, (_, place) => (round + place) % count);
  return round % 2 === 0 ? forward : forward.reverse();
}

export class Turns {
  readonly #order: readonly number[];
  readonly #waiting = new Map<number, () => void>();
  readonly #gone = new Set<number>();
  #at = 0;

  constructor(rounds: number, count: number) {
    this.#order = Array.from({ length: rounds }, (_, round) => orderOf(round, count)).flat();
  }

  /** Resolves when it is this one's turn. */
  async take(index: number): Promise<void> {
    if (this.#order[this.#at] === index) return;
    await new Promise<void>((resolve) => this.#waiting.set(index, resolve));
  }

  /** Ends the turn. */
  pass(): void {
    do this.#at++;
    while (this.#gone.has(this.#order[this.#at]!));
    const next = this.#order[this.#at];
    if (next === undefined) return;
    this.#waiting.get(next)?.();
    this.#waiting.delete(next);
  }

  /** Takes no further turns; its own, if it has it, is still to be passed. */
  leave(index: number): void {
    this.#gone.add(index);
  }
}
