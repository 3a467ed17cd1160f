/**
 * What a kernel judged last, for the deliveries that are handed to sinks.
 *
 * @module
 */
import { OK } from "../assembly/reason.ts";
import type { Explanation } from "./explain/explanation.ts";
import type { FrameBatch } from "./frames.ts";
import type { Judge } from "./judge.ts";
import { type ReasonName, reasonName } from "./reason.ts";
import type { Judged } from "./sink.ts";
import type { Verdict } from "./verdict.ts";

/** The frames that were judged last, for deliveries. `first`: the row of the batch that was loaded first. */
export class JudgedBatch implements Judged {
  readonly #judge: Judge;
  readonly #batch: FrameBatch;
  readonly #first: number;

  constructor(judge: Judge, batch: FrameBatch, first: number) {
    this.#judge = judge;
    this.#batch = batch;
    this.#first = first;
  }

  row(group: number, index: number): number {
    return this.#first + this.#judge.kernel.rowOf(group, index);
  }

  rows(group: number): Uint32Array {
    const rows = this.#judge.kernel.rowsOf(group);
    return this.#first === 0 ? rows : rows.map((row) => this.#first + row);
  }

  reason(row: number): ReasonName | null {
    const reason = this.#judge.kernel.reasonOf(row - this.#first);
    return reason === OK ? null : reasonName(reason);
  }

  verdict(row: number, sink: string): Verdict {
    return this.#judge.verdict(this.#batch, this.#first, row - this.#first, sink);
  }

  explanation(row: number, sink: string): Explanation {
    return this.#judge.explain(this.#batch, this.#first, row - this.#first, sink);
  }
}
