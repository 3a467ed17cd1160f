/**
 * Waiting for frames of any source: one poll beside the event loop for all descriptors, a pipe to wake it.
 *
 * @module
 */
import { systemError } from "./errno.ts";
import type { Libc } from "./libc.ts";
import type { FrameSource } from "./port.ts";

const FOR_EVER = -1;

export class Waiter {
  readonly #libc: Libc | null;
  readonly #pipe: readonly [reading: number, writing: number] | null;
  #isWoken = false;
  #isPolling = false;
  #isClosed = false;
  #resume: (() => void) | null = null;

  /** @param libc `null`: no source has a descriptor */
  constructor(libc: Libc | null) {
    this.#libc = libc;
    const pipe = libc?.pipe() ?? null;
    if (typeof pipe === "number") throw systemError("a pipe", pipe);
    this.#pipe = pipe;
  }

  /** Until a source may have frames, {@link wake} is called, or so many milliseconds have gone by (`null`: for ever). */
  async wait(sources: readonly FrameSource[], timeout: number | null): Promise<void> {
    for (const source of sources) if (source.descriptor === null) source.onReadable = () => this.wake();
    if (this.#isWoken || this.#isClosed) {
      this.#calm();
      return;
    }
    const descriptors = sources.flatMap(({ descriptor }) => (descriptor === null ? [] : [descriptor]));
    if (this.#libc !== null && this.#pipe !== null) {
      this.#isPolling = true;
      try {
        await this.#libc.poll([this.#pipe[0], ...descriptors], timeout ?? FOR_EVER);
      } finally {
        this.#isPolling = false;
        if (this.#isClosed) this.#closePipe();
      }
    } else {
      await new Promise<void>((resolve) => {
        const timer = timeout === null ? undefined : setTimeout(resolve, timeout);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resume = null;
    }
    this.#calm();
  }

  /** Ends the wait at hand, or else the next one at once. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    if (this.#pipe !== null && !this.#isClosed) this.#libc!.write(this.#pipe[1], Uint8Array.of(1));
    this.#resume?.();
  }

  /** Ends the wait at hand; there is none after it. */
  close(): void {
    if (this.#isClosed) return;
    this.wake();
    this.#isClosed = true;
    if (!this.#isPolling) this.#closePipe();
  }

  #calm(): void {
    if (!this.#isWoken) return;
    this.#isWoken = false;
    if (this.#pipe !== null && !this.#isClosed) this.#libc!.read(this.#pipe[0], new Uint8Array(64));
  }

  #closePipe(): void {
    for (const end of this.#pipe ?? []) this.#libc!.close(end);
  }
}
