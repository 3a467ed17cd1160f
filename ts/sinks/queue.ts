/**
 * Sinks whose frames are waited for: what is not taken at once is kept up to a bound, and what is beyond it is counted and let
 * go. Nothing is given to anybody else for it, and no other sink waits.
 *
 * @module
 */

import type { Count } from "../counts.ts";
import { isWithin } from "../given.ts";
import type { Delivery, FrameCopy } from "../sink.ts";

/** Frames that wait, unless told otherwise. */
export const MAX_WAITING_FRAMES = 8192;
/** Captured octets that wait, unless told otherwise. */
export const MAX_WAITING_BYTES = 16_777_216;
/** Frames that are handed on at once. */
export const HANDED_AT_ONCE = 1024;

/** Bounds of a queue. */
export interface QueueOptions {
  /** Frames that may wait, those that are being handed on included; 8,192 (`MAX_WAITING_FRAMES`) when left out. */
  readonly maxFrames?: number;
  /** Captured octets that may wait; a frame with more is never kept. 16,777,216 (`MAX_WAITING_BYTES`) when left out. */
  readonly maxBytes?: number;
}

/** What became of the frames that a queued sink was given: `given` is the sum of the others. */
export interface QueueStats {
  /** All of them. */
  readonly given: Count;
  /** Handed on. */
  readonly handed: Count;
  /** Kept to be handed on. */
  readonly waiting: Count;
  /** Let go: there was no room, or what they were for had failed or ended. */
  readonly lost: Count;
}

/**
 * A sink with a queue. When what its frames are for has failed, it throws that each time it is called, so that `dispatch` throws
 * a `SinkError`; every other sink gets its frames.
 */
export interface QueuedSink {
  (delivery: Delivery): void;
  /** A snapshot of the counters. */
  stats(): QueueStats;
  /**
   * Is fulfilled when at least half of the room is free, or there is nothing more to wait for. Who reads a capture and wants no
   * frame lost waits for it between batches; who reads a wire does not.
   */
  ready(): Promise<void>;
  /**
   * Takes no further frame; is fulfilled when those that wait were handed on and what they are for was closed.
   *
   * @throws what that failed with
   */
  end(): Promise<void>;
}

/** What frames are for. */
export interface Consumer {
  /** Takes frames; they are handed on when it is done. */
  take(frames: readonly FrameCopy[]): void | Promise<void>;
  /** Called once, when no more frames come; also when it failed. */
  close?(): void | Promise<void>;
}

type Counter = { -readonly [Key in keyof Count]: Count[Key] };

/** @throws {RangeError} a bound that is none */
export function queuedSink(consumer: Consumer, options: QueueOptions = {}): QueuedSink {
  const queue = new Queue(consumer, options);
  const sink = (delivery: Delivery): void => queue.push(delivery);
  return Object.assign(sink, {
    stats: () => queue.stats(),
    ready: () => queue.ready(),
    end: () => queue.end(),
  });
}

class Queue {
  readonly #consumer: Consumer;
  readonly #maxFrames: number;
  readonly #maxBytes: number;
  #frames: FrameCopy[] = [];
  /** That wait or are being handed on: how many, and their captured octets. */
  #held = 0;
  #heldBytes = 0;
  readonly #given: Counter = { frames: 0, bytes: 0 };
  readonly #handed: Counter = { frames: 0, bytes: 0 };
  readonly #lost: Counter = { frames: 0, bytes: 0 };
  #failure: { readonly error: unknown } | null = null;
  #running: Promise<void> | null = null;
  #ended: Promise<void> | null = null;
  #wake: (() => void)[] = [];

  constructor(consumer: Consumer, { maxFrames = MAX_WAITING_FRAMES, maxBytes = MAX_WAITING_BYTES }: QueueOptions) {
    for (const [name, bound] of Object.entries({ maxFrames, maxBytes })) {
      if (!isWithin(bound, Number.MAX_SAFE_INTEGER, 1)) throw new RangeError(`${name} ${bound}: expected 1 or more`);
    }
    this.#consumer = consumer;
    this.#maxFrames = maxFrames;
    this.#maxBytes = maxBytes;
  }

  push(delivery: Delivery): void {
    const isOpen = this.#failure === null && this.#ended === null;
    for (let index = 0; index < delivery.length; index++) {
      const frame = delivery.at(index);
      const { capturedLength, wireLength } = frame;
      count(this.#given, wireLength);
      if (isOpen && this.#held < this.#maxFrames && this.#heldBytes + capturedLength <= this.#maxBytes) {
        this.#frames.push(frame.copy());
        this.#held++;
        this.#heldBytes += capturedLength;
      } else {
        count(this.#lost, wireLength);
      }
    }
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#ended !== null)
      throw new TypeError(`the sink of "${delivery.name}" was ended: take it away, or make another`);
    this.#run();
  }

  stats(): QueueStats {
    const { frames, bytes } = this.#given;
    return {
      given: { ...this.#given },
      handed: { ...this.#handed },
      waiting: {
        frames: frames - this.#handed.frames - this.#lost.frames,
        bytes: bytes - this.#handed.bytes - this.#lost.bytes,
      },
      lost: { ...this.#lost },
    };
  }

  async ready(): Promise<void> {
    while (this.#failure === null && (this.#held * 2 > this.#maxFrames || this.#heldBytes * 2 > this.#maxBytes)) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  end(): Promise<void> {
    this.#ended ??= this.#finish();
    return this.#ended;
  }

  async #finish(): Promise<void> {
    while (this.#running !== null) await this.#running;
    try {
      await this.#consumer.close?.();
    } catch (error) {
      this.#failure ??= { error };
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  #run(): void {
    if (this.#running !== null || this.#frames.length === 0) return;
    // Not now: what is called may want to dispatch, too.
    this.#running = Promise.resolve()
      .then(() => this.#handOn())
      .finally(() => {
        this.#running = null;
        this.#stir();
        this.#run(); // what came since the last look
      });
  }

  async #handOn(): Promise<void> {
    while (this.#frames.length > 0) {
      const frames = this.#frames.splice(0, HANDED_AT_ONCE);
      try {
        await this.#consumer.take(frames);
      } catch (error) {
        this.#failure = { error };
        for (const { wireLength } of [...frames, ...this.#frames.splice(0)]) count(this.#lost, wireLength);
        this.#held = 0;
        this.#heldBytes = 0;
        return;
      }
      for (const { bytes, wireLength } of frames) {
        count(this.#handed, wireLength);
        this.#heldBytes -= bytes.length;
      }
      this.#held -= frames.length;
      this.#stir();
    }
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function count(counter: Counter, octets: number): void {
  counter.frames++;
  counter.bytes += octets;
}
