/**
 * Calls to the worker, each answered by a promise.
 *
 * @module
 */
import type { AnswerOf, Asked, CallName, RequestOf, Said } from "./protocol.ts";

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((share: number) => void) | undefined;
}

export class Asking {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Said>) => this.#hear(data));
    worker.addEventListener("error", (event) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the worker failed: ${event.message}`));
      this.#waiting.clear();
    });
  }

  /** Calls; rejects with an Error that says what was refused. */
  ask<Name extends CallName>(
    name: Name,
    request: RequestOf<Name>,
    progress?: (share: number) => void,
  ): Promise<AnswerOf<Name>> {
    const id = ++this.#last;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, progress });
      this.#worker.postMessage({ id, name, request } satisfies Asked);
    }) as Promise<AnswerOf<Name>>;
  }

  #hear(said: Said): void {
    const waiting = this.#waiting.get(said.id);
    if (waiting === undefined) return;
    if ("progress" in said) {
      waiting.progress?.(said.progress);
      return;
    }
    this.#waiting.delete(said.id);
    if ("answer" in said) waiting.resolve(said.answer);
    else waiting.reject(new Error(said.refusal));
  }
}
