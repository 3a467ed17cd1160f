/**
 * Who is where: counters by room and reason, first the classifier's, then kept right while frames are edited.
 *
 * @module
 */
import type { Count, Stats } from "../counts.ts";
import type { ReasonName } from "../reason.ts";
import type { Verdict } from "../verdict.ts";
import type { Census } from "./protocol.ts";

type Counter = { -readonly [Key in keyof Count]: Count[Key] };

export class Counting {
  readonly #names: readonly string[];
  readonly #rooms: ReadonlyMap<string, Counter>;
  readonly #reasons: Map<ReasonName, Counter>;
  readonly #delivered: Counter;

  /** @param rooms names of the partitions, in the order of the policy */
  constructor(rooms: readonly string[], stats: Stats) {
    this.#names = rooms;
    this.#rooms = new Map(rooms.map((name) => [name, counter(stats.partitions[name])]));
    this.#reasons = new Map(
      Object.entries(stats.reasons).map(([name, count]) => [name as ReasonName, counter(count)] as const),
    );
    this.#delivered = counter(stats.delivered);
  }

  /** A frame of so many octets on the wire is judged in another way than before. */
  change(before: Verdict, after: Verdict, bytes: number): void {
    this.#add(before, -1, -bytes);
    this.#add(after, 1, bytes);
  }

  #add({ partition, copies, reason }: Verdict, frames: number, bytes: number): void {
    const to: Counter[] = [];
    if (reason !== null) {
      if (!this.#reasons.has(reason)) this.#reasons.set(reason, counter());
      to.push(this.#reasons.get(reason)!);
    } else {
      const names = [partition!, ...copies.map((copy) => copy.partition)];
      to.push(this.#delivered, ...names.map((name) => this.#rooms.get(name)!));
    }
    for (const count of to) {
      count.frames += frames;
      count.bytes += bytes;
    }
  }

  census(): Census {
    const reasons = [...this.#reasons]
      .filter(([, { frames }]) => frames > 0)
      .map(([name, count]) => ({ name, count: counter(count) }))
      .sort((a, b) => b.count.frames - a.count.frames);
    const dropped = counter();
    for (const { count } of reasons) {
      dropped.frames += count.frames;
      dropped.bytes += count.bytes;
    }
    return {
      frames: this.#delivered.frames + dropped.frames,
      bytes: this.#delivered.bytes + dropped.bytes,
      delivered: counter(this.#delivered),
      dropped,
      rooms: this.#names.map((name) => counter(this.#rooms.get(name))),
      reasons,
    };
  }
}

function counter(from?: Count): Counter {
  return { frames: from?.frames ?? 0, bytes: from?.bytes ?? 0 };
}
