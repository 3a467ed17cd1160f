/**
 * Where each frame went: columns of rooms and reasons, that grow with the capture.
 *
 * @module
 */
import { type ReasonName, reasonName } from "../reason.ts";

/** Before a frame is judged. */
const NOWHERE = 0xffff;

export class Columns {
  /** The room behind the last partition's. */
  readonly #dropped: number;
  #rooms = new Uint16Array(4096).fill(NOWHERE);
  #reasons = new Uint8Array(4096);

  /** @param partitions how many there are */
  constructor(partitions: number) {
    this.#dropped = partitions;
  }

  /** Makes room for so many frames. */
  reserve(count: number): void {
    if (count <= this.#rooms.length) return;
    const length = Math.max(2 * this.#rooms.length, count);
    const rooms = new Uint16Array(length).fill(NOWHERE);
    const reasons = new Uint8Array(length);
    rooms.set(this.#rooms);
    reasons.set(this.#reasons);
    this.#rooms = rooms;
    this.#reasons = reasons;
  }

  /** Frame `index` is delivered to a partition. Of several that get a copy, the first of the policy counts. */
  deliver(index: number, room: number): void {
    this.#rooms[index] = Math.min(this.#rooms[index]!, room);
  }

  drop(index: number, code: number): void {
    this.#rooms[index] = this.#dropped;
    this.#reasons[index] = code;
  }

  /** Frame `index` is to be judged anew. */
  clear(index: number): void {
    this.#rooms[index] = NOWHERE;
    this.#reasons[index] = 0;
  }

  room(index: number): number {
    return this.#rooms[index]!;
  }

  /** `null`: delivered. */
  reason(index: number): ReasonName | null {
    const code = this.#reasons[index]!;
    return code === 0 ? null : reasonName(code);
  }

  /** Those of the first `count` frames that a test lets through. */
  indexes(count: number, isShown: (index: number) => boolean): Uint32Array {
    const found = new Uint32Array(count);
    let length = 0;
    for (let index = 0; index < count; index++) {
      if (isShown(index)) found[length++] = index;
    }
    return found.slice(0, length);
  }
}
