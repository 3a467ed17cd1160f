// Captures made by hand for the tests, apart from the writers: every field can be given, the wrong ones too.
import { CaptureError } from "../ts/errors.ts";
import type { CaptureInterface, FrameBatch } from "../ts/frames.ts";

export type Order = "little" | "big";
export const ORDERS: readonly Order[] = ["little", "big"];

type Field = readonly [size: 1 | 2 | 4 | 8, value: number | bigint] | Uint8Array;

export const u8 = (value: number): Field => [1, value];
export const u16 = (value: number): Field => [2, value];
export const u32 = (value: number): Field => [4, value];
export const u64 = (value: bigint): Field => [8, value];

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function pack(order: Order, ...fields: Field[]): Uint8Array<ArrayBuffer> {
  return concat(
    fields.map((field) => {
      if (field instanceof Uint8Array) return field;
      const view = new DataView(new ArrayBuffer(8));
      const [size, value] = field;
      view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), false);
      const octets = new Uint8Array(view.buffer, 8 - size);
      return order === "big" ? octets : octets.reverse();
    }),
  );
}

/** Octets that differ from one frame to the next. */
export function octetsOf(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + seed * 31 + 1) & 0xff);
}

export interface PcapOptions {
  order?: Order;
  magic?: number;
  version?: readonly [number, number];
  snapLength?: number;
  linkType?: number;
}

export function pcapHeader(options: PcapOptions = {}): Uint8Array {
  const { order = "little", magic = 0xa1b2c3d4, version = [2, 4], snapLength = 65535, linkType = 1 } = options;
  const [major, minor] = version;
  return pack(order, u32(magic), u16(major), u16(minor), u32(0), u32(0), u32(snapLength), u32(linkType));
}

export function pcapRecord(
  octets: Uint8Array,
  options: { order?: Order; seconds?: number; fraction?: number; captured?: number; wire?: number } = {},
): Uint8Array {
  const { order = "little", seconds = 0, fraction = 0, captured = octets.length, wire = octets.length } = options;
  return pack(order, u32(seconds), u32(fraction), u32(captured), u32(wire), octets);
}

/** A block with the right lengths around `body`, which is padded. */
export function block(order: Order, type: number, ...body: Field[]): Uint8Array {
  const content = pack(order, ...body);
  const padded = concat([content, new Uint8Array(-content.length & 3)]);
  return pack(order, u32(type), u32(padded.length + 12), padded, u32(padded.length + 12));
}

export function section(
  order: Order = "little",
  sectionLength = -1n,
  version: readonly [number, number] = [1, 0],
): Uint8Array {
  return block(order, 0x0a0d0d0a, u32(0x1a2b3c4d), u16(version[0]), u16(version[1]), u64(sectionLength));
}

export function option(order: Order, code: number, value: Uint8Array): Uint8Array {
  return pack(order, u16(code), u16(value.length), value, new Uint8Array(-value.length & 3));
}

export interface DescriptionOptions {
  order?: Order;
  linkType?: number;
  snapLength?: number;
  name?: string;
  resolution?: number;
  offset?: bigint;
  options?: readonly Uint8Array[];
}

export function description(settings: DescriptionOptions = {}): Uint8Array {
  const { order = "little", linkType = 1, snapLength = 0, name, resolution, offset, options = [] } = settings;
  const list = [...options];
  if (name !== undefined) list.push(option(order, 2, new TextEncoder().encode(name)));
  if (resolution !== undefined) list.push(option(order, 9, Uint8Array.of(resolution)));
  if (offset !== undefined) list.push(option(order, 14, pack(order, u64(offset))));
  if (list.length > 0) list.push(option(order, 0, new Uint8Array(0)));
  return block(order, 1, u16(linkType), u16(0), u32(snapLength), concat(list));
}

export interface PacketOptions {
  order?: Order;
  interface?: number;
  time?: bigint;
  captured?: number;
  wire?: number;
  options?: Uint8Array;
}

export function packet(octets: Uint8Array, settings: PacketOptions = {}): Uint8Array {
  const { order = "little", interface: id = 0, captured = octets.length, wire = octets.length } = settings;
  const { time = 0n, options = new Uint8Array(0) } = settings;
  const padded = concat([octets, new Uint8Array(-octets.length & 3)]);
  return block(order, 6, u32(id), ...time64(time), u32(captured), u32(wire), padded, options);
}

export function obsoletePacket(octets: Uint8Array, settings: PacketOptions = {}): Uint8Array {
  const { order = "little", interface: id = 0, time = 0n, captured = octets.length, wire = octets.length } = settings;
  return block(order, 2, u16(id), u16(9), ...time64(time), u32(captured), u32(wire), octets);
}

export function simplePacket(octets: Uint8Array, wire: number = octets.length, order: Order = "little"): Uint8Array {
  return block(order, 3, u32(wire), octets);
}

/** The two halves, high first in both byte orders. */
function time64(time: bigint): Field[] {
  return [u32(Number(time >> 32n)), u32(Number(time & 0xffff_ffffn))];
}

/** A frame, copied out of its batch. */
export interface Frame {
  readonly number: number;
  readonly octets: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
  readonly interface: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What a capture gave, and what ended it. */
export interface Reading {
  readonly frames: Frame[];
  readonly interfaces: readonly CaptureInterface[];
  readonly error: CaptureError | null;
}

export function copyFrames(batch: FrameBatch): Frame[] {
  return Array.from({ length: batch.count }, (_, row) => ({
    number: batch.first + row,
    octets: batch.octets(row).slice(),
    wireLength: batch.wireLength(row),
    linkType: batch.linkType(row),
    interface: batch.interfaceOf(row),
    seconds: batch.seconds(row),
    nanoseconds: batch.nanoseconds(row),
  }));
}

/** Reads to the end or to a CaptureError; anything else that is thrown is thrown on. */
export function readAll(batches: Iterable<FrameBatch>): Reading {
  const frames: Frame[] = [];
  let interfaces: readonly CaptureInterface[] = [];
  try {
    for (const batch of batches) {
      frames.push(...copyFrames(batch));
      interfaces = batch.interfaces;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { frames, interfaces, error };
  }
  return { frames, interfaces, error: null };
}

export async function readAllAsync(batches: AsyncIterable<FrameBatch>): Promise<Reading> {
  const frames: Frame[] = [];
  let interfaces: readonly CaptureInterface[] = [];
  try {
    for await (const batch of batches) {
      frames.push(...copyFrames(batch));
      interfaces = batch.interfaces;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { frames, interfaces, error };
  }
  return { frames, interfaces, error: null };
}

/** Pieces of `length` octets. */
export function* piecesOf(whole: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += length) yield whole.subarray(at, at + length);
}
