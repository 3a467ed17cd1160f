/**
 * Frames scattered to captures: each is judged, and becomes a block of the capture of its partition, or of the drops, in
 * the kernel's memory, without JavaScript for each.
 *
 * @module
 */
import { NONE32 } from "../assembly/columns.ts";
import * as parts from "../assembly/parts.ts";
import type { FrameBatch } from "./frames.ts";
import type { Intake } from "./intake.ts";
import { Judge } from "./judge.ts";
import { DROP_SLOT, REASON_CODES } from "./policy/compile.ts";
import type { Policy } from "./policy/model.ts";
import { REASONS, type Reason } from "./reason.ts";

/** Octets in which blocks are gathered before they are handed on, in all. */
export const GATHER_BYTES = 33_554_432;
/** Octets of one capture's memory: what there is for it when there are few, and the least. */
export const MOST_PART = 262_144;
export const LEAST_PART = 4096;

const PART_WORDS = parts.PART_SIZE / 4;

/** The captures that frames go to. {@link DROP_SLOT} is the drops', partitions have the slots behind it in the policy's order. */
export interface Outlet {
  /** Takes octets of a capture, in their order. They are valid until it returns. */
  write(slot: number, octets: Uint8Array): void;
  /** The number of an interface in a slot's capture, which it may first describe there ({@link Scatter.append}). */
  interfaceOf(slot: number, batch: FrameBatch, captureInterface: number): number;
  /** Writes a row whose block can't be made here: its time or its length is out of the ordinary. */
  frame(slot: number, batch: FrameBatch, row: number, comment: string | null): void;
}

export class Scatter {
  readonly judge: Judge;
  readonly #outlet: Outlet;
  readonly #texts: readonly string[];
  readonly #slots: number;
  /** PART rows, TEXT rows, and what is behind the texts: memory of captures. */
  readonly #partsAt: number;
  readonly #textsAt: number;
  readonly #memoryAt: number;
  readonly #octets: Uint8Array;
  readonly #words: Uint32Array;
  /** Octets of a capture's memory, and how many there are. */
  readonly #size: number;
  readonly #count: number;
  /** Slots by the memory they have. */
  readonly #holders: number[] = [];
  #oldest = 0;

  /** @param texts what a drop's comment says between the number of the frame and that of the octet, by reason */
  constructor(policy: Policy, texts: (reason: Reason) => string, outlet: Outlet) {
    this.#outlet = outlet;
    this.#slots = policy.partitions.length + 1;
    this.#texts = textsByCode(texts);
    const encoded = this.#texts.map((text) => new TextEncoder().encode(text));
    const most = Math.floor(GATHER_BYTES / this.#slots / 8) * 8;
    this.#size = Math.max(LEAST_PART, Math.min(MOST_PART, most));
    this.#count = Math.min(this.#slots, Math.floor(GATHER_BYTES / this.#size));
    const textRows = multipleOf8(this.#slots * parts.PART_SIZE);
    const text = textRows + REASON_CODES * parts.TEXT_SIZE;
    const memory = multipleOf8(text + encoded.reduce((sum, { length }) => sum + length, 0));
    this.judge = new Judge(policy, memory + this.#count * this.#size);
    const { room } = this.judge.kernel;
    this.#octets = new Uint8Array(room.buffer);
    this.#words = new Uint32Array(room.buffer, 0, Math.floor(room.buffer.byteLength / 4));
    this.#partsAt = room.byteOffset;
    this.#textsAt = room.byteOffset + textRows;
    this.#memoryAt = room.byteOffset + memory;
    this.#writeTexts(encoded, room.byteOffset + text);
    this.beginCapture();
    this.judge.image.endpoints.forEach(({ partition }, endpoint) => {
      this.judge.kernel.setSlot(endpoint, partition + 1);
    });
  }

  /** Memory that a reader can read to. */
  lend(): Intake | null {
    return this.judge.kernel.lend();
  }

  /** Another capture begins: its interfaces are others. */
  beginCapture(): void {
    for (let slot = 0; slot < this.#slots; slot++) this.#words[this.#word(slot, parts.PART_CAPTURE_INTERFACE)] = NONE32;
  }

  /** Judges the frames of a batch and gathers them. */
  take(batch: FrameBatch): void {
    const { kernel } = this.judge;
    for (let first = 0; first < batch.count; ) {
      const { judged, groups } = kernel.classify(kernel.load(batch, first));
      const number = batch.first + first;
      let isNext = false;
      for (;;) {
        const { state, slot, row } = kernel.gather(groups, this.#partsAt, this.#textsAt, number, isNext);
        if (state === parts.GATHERED) break;
        this.#see(state, slot, batch, first, row);
        isNext = true;
      }
      first += judged;
    }
  }

  /** Octets for a capture behind those that were gathered. */
  append(slot: number, octets: Uint8Array): void {
    if (octets.length > this.#left(slot)) this.#make(slot);
    if (octets.length > this.#left(slot)) {
      this.#outlet.write(slot, octets);
      return;
    }
    const end = this.#word(slot, parts.PART_END);
    this.#octets.set(octets, this.#words[end]!);
    this.#words[end]! += octets.length;
  }

  /** Hands on all that was gathered. */
  flush(): void {
    for (let slot = 0; slot < this.#slots; slot++) this.#flush(slot);
  }

  #see(state: number, slot: number, batch: FrameBatch, first: number, row: number): void {
    if (state === parts.GATHER_INTERFACE) {
      const index = batch.interfaceOf(first + row);
      const own = this.#outlet.interfaceOf(slot, batch, index);
      this.#words[this.#word(slot, parts.PART_INTERFACE)] = own;
      this.#words[this.#word(slot, parts.PART_CAPTURE_INTERFACE)] = index;
    } else if (state === parts.GATHER_FULL && this.#make(slot)) return;
    else {
      this.#outlet.frame(slot, batch, first + row, slot === DROP_SLOT ? this.#comment(batch.first + first, row) : null);
      this.judge.kernel.passRow();
    }
  }

  #comment(first: number, row: number): string {
    const { reason, blame } = this.judge.kernel.verdict(row);
    return `frame ${first + row}${this.#texts[reason]!}${blame}`;
  }

  // Makes room for a slot. False: it has all the room there is.
  #make(slot: number): boolean {
    const start = this.#words[this.#word(slot, parts.PART_START)]!;
    if (start === 0) this.#give(slot);
    else if (this.#words[this.#word(slot, parts.PART_END)] === start) return false;
    else this.#flush(slot);
    return true;
  }

  // When all memory is given away, the slot that has had its own for longest loses it.
  #give(slot: number): void {
    const place = this.#oldest;
    this.#oldest = (place + 1) % this.#count;
    const holder = this.#holders[place];
    if (holder !== undefined) {
      this.#flush(holder);
      this.#setMemory(holder, 0, 0);
    }
    this.#holders[place] = slot;
    this.#setMemory(slot, this.#memoryAt + place * this.#size, this.#size);
  }

  #setMemory(slot: number, start: number, length: number): void {
    this.#words[this.#word(slot, parts.PART_START)] = start;
    this.#words[this.#word(slot, parts.PART_END)] = start;
    this.#words[this.#word(slot, parts.PART_LIMIT)] = start + length;
  }

  #flush(slot: number): void {
    const start = this.#words[this.#word(slot, parts.PART_START)]!;
    const end = this.#words[this.#word(slot, parts.PART_END)]!;
    if (end === start) return;
    this.#words[this.#word(slot, parts.PART_END)] = start;
    this.#outlet.write(slot, this.#octets.subarray(start, end));
  }

  #left(slot: number): number {
    return this.#words[this.#word(slot, parts.PART_LIMIT)]! - this.#words[this.#word(slot, parts.PART_END)]!;
  }

  #word(slot: number, field: number): number {
    return this.#partsAt / 4 + slot * PART_WORDS + field / 4;
  }

  #writeTexts(texts: readonly Uint8Array[], at: number): void {
    let next = at;
    texts.forEach((text, code) => {
      const row = (this.#textsAt + code * parts.TEXT_SIZE) / 4;
      this.#words[row + parts.TEXT_AT / 4] = next;
      this.#words[row + parts.TEXT_LENGTH / 4] = text.length;
      this.#octets.set(text, next);
      next += text.length;
    });
  }
}

function textsByCode(text: (reason: Reason) => string): string[] {
  const texts = Array.from({ length: REASON_CODES }, () => "");
  for (const reason of REASONS) texts[reason.code] = text(reason);
  return texts;
}

function multipleOf8(value: number): number {
  return Math.ceil(value / 8) * 8;
}
