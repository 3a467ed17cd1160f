/**
 * The sink of a gate's drops.
 *
 * @module
 */
import type { FrameBatch } from "../frames.ts";
import type { Judge } from "../judge.ts";
import { JudgedBatch } from "../judged-batch.ts";
import { DROPPED, deliver, enter, type Registered } from "../registered.ts";
import { Delivery, type Sink } from "../sink.ts";

export class Drops {
  readonly #sinks = new Map<string, Registered>();
  #onFailure: (error: unknown) => void = () => {};

  /** Gives them a sink; one that throws is taken away, and `onFailure` told. Returns what takes it away. */
  register(sink: Sink, onFailure: (error: unknown) => void): () => void {
    const entry = enter(this.#sinks, DROPPED, sink);
    this.#onFailure = onFailure;
    return () => {
      if (this.#sinks.get(DROPPED) === entry) this.#sinks.clear();
    };
  }

  /** Hands over a group of the rows that were judged last, the first of which is row `first` of the batch. */
  hand(judge: Judge, batch: FrameBatch, first: number, group: number): void {
    const registered = this.#sinks.get(DROPPED);
    if (registered === undefined) return;
    const rows = new JudgedBatch(judge, batch, first);
    const failure = deliver(registered, new Delivery(DROPPED, batch, rows, group, judge.kernel.lengthOf(group)));
    if (failure === null) return;
    this.#sinks.clear();
    this.#onFailure(failure.error);
  }
}
