/**
 * The kernel: the only file that knows its addresses. Boots the module with a memory of the size its tables need, brings
 * frames in, and reads what it wrote.
 *
 * @module
 */
import * as c from "../assembly/columns.ts";
import * as map from "../assembly/memory.ts";
import { OK } from "../assembly/reason.ts";
import * as t from "../assembly/tables.ts";
import { decodeLabel } from "./block.ts";
import { bootKernel, type Exports, kernelModule } from "./boot.ts";
import type { Count } from "./counts.ts";
import { Crossing } from "./crossing.ts";
import { Datagrams } from "./datagrams.ts";
import { type CaptureInterface, type FrameBatch, MAX_CAPLEN } from "./frames.ts";
import { isWithin } from "./given.ts";
import { Intake } from "./intake.ts";
import type { Label } from "./label.ts";
import type { Packet, PacketLabel, Span } from "./packet.ts";
import { isLabelled, isWellFormed } from "./reason.ts";

/** Address of a policy's tables: what they are compiled for. */
export const TABLES_BASE: number = map.TABLES;
/** Frames that are judged at once. */
export const MAX_BATCH: number = map.MAX_BATCH;
/** Octets of frames that are judged at once. */
export const ARENA_SIZE: number = map.ARENA_SIZE;

const MAX_U32 = 0xffff_ffff;
/** Interfaces of a capture: rows have 16 bits for their number. */
const MAX_CAPTURE_INTERFACES = 65_536;

const SCHEMES = [null, "cipso", "ripso", "calipso"] as const;

/** Who gave a frame its label. */
export const SOURCES = [null, "option", "host", "exempt", "option"] as const;

/** Added to a reason: an outcome that is no endpoint. */
export const DROPPED = 0x8000_0000;
/** An outcome that other frames have a say in (a fragment), or with more than one endpoint. */
export const OPEN = 0xffff_ffff;

/** Header and tables for the kernel, compiled for {@link TABLES_BASE}. */
export interface KernelImage {
  readonly header: Uint8Array;
  readonly tables: Uint8Array;
  /** Names of devices, numbered from 1. */
  readonly devices: readonly string[];
}

/** The verdict on one frame, in the kernel's numbers. */
export interface VerdictRow {
  /** A reason; OK when delivered. */
  readonly reason: number;
  /** A reason: what the options said. */
  readonly status: number;
  /** Index into {@link SOURCES}. */
  readonly source: number;
  readonly ipVersion: 4 | 6 | null;
  readonly ipOffset: number | null;
  readonly partition: number | null;
  /** The partition that step 9 chose, also when a later step drops. */
  readonly chosen: number | null;
  readonly interface: number | null;
  readonly template: number | null;
  readonly endpoint: number | null;
  /** Endpoints that get a copy, beyond the first. */
  readonly copies: readonly number[];
  /** The policy's label that it equals. */
  readonly label: number | null;
  /** Whether the label is the counterpart of the option's (dois). */
  readonly mapped: boolean;
  /** `null` when delivered. */
  readonly blame: number | null;
  /** The label option, when it was read. */
  readonly labelSpan: Span | null;
}

/** What one call judged. */
export interface Judgement {
  /** Rows, from the first: fewer than asked when the frames had very many copies. */
  readonly judged: number;
  /** Slots that got frames: {@link Kernel.slotOf} and {@link Kernel.rowsOf} 0 up to this. */
  readonly groups: number;
}

/** How far {@link Kernel.gather} came. */
export interface Gathered {
  /** What keeps it from going on (assembly/parts.ts). */
  readonly state: number;
  /** Of the row it can't go on with. */
  readonly slot: number;
  /** Counted from the first that was judged. */
  readonly row: number;
}

export class Kernel {
  readonly #exports: Exports;
  readonly #octets: Uint8Array;
  readonly #view: DataView;
  readonly #words: Uint32Array;
  /** Numbers of devices by name, from 1. */
  readonly #devices: ReadonlyMap<string, number>;
  readonly #intake: Uint8Array;
  #isLent = false;
  /** Of the batch that was loaded last: where its rows are, and what their offsets count from. */
  #rows: number = map.FRAMES;
  #base: number = map.ARENA;
  /** Rows of it whose verdicts there are. */
  #judged = 0;

  /**
   * Octets behind the tables that the kernel itself does not use, as many as were asked for. Their `byteOffset` is their
   * address, a multiple of 8.
   */
  readonly room: Uint8Array;

  constructor({ header, tables, devices }: KernelImage, room = 0, module: WebAssembly.Module = kernelModule()) {
    const behind = Math.ceil((TABLES_BASE + tables.length) / 8) * 8;
    const { exports, memory } = bootKernel(behind + room + map.SLACK, module);
    this.#exports = exports;
    this.#devices = new Map(devices.map((name, i) => [name, i + 1]));
    this.#octets = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
    this.#intake = new Uint8Array(memory.buffer, map.INTAKE, map.INTAKE_SIZE);
    this.room = new Uint8Array(memory.buffer, behind, room);
    this.#octets.set(header, map.POLICY);
    this.#octets.set(tables, TABLES_BASE);
    this.#octets.set(crypto.getRandomValues(new Uint8Array(map.DATAGRAMS_END - map.DATAGRAM_KEYS)), map.DATAGRAM_KEYS);
    this.#exports.prepare();
  }

  /** Octets of memory it occupies. */
  get size(): number {
    return this.#octets.length;
  }

  /**
   * Lends the memory that a reader can read to, so that its batches are judged where they are; `null` while another has it.
   */
  lend(): Intake | null {
    if (this.#isLent) return null;
    this.#isLent = true;
    return new Intake(this.#exports, this.#intake, () => {
      this.#isLent = false;
    });
  }

  /** Where packets are rewritten: it uses {@link room}. */
  cross(): Crossing {
    const rows = { frame: (row: number): number => this.#frame(row), base: (): number => this.#base };
    return new Crossing(this.#exports, this.#octets, this.room, rows);
  }

  /**
   * Brings in rows of a batch from `first` on, as many as there is room for: at most `limit` or {@link MAX_BATCH} rows,
   * whose octets span at most {@link ARENA_SIZE}. Returns how many. A batch of the intake stays where it is.
   *
   * @throws {TypeError} the batch was released
   * @throws {RangeError} a row reaches outside the batch's octets or its interfaces, a frame is larger than
   *   {@link MAX_CAPLEN}, or there are more interfaces than rows can number
   */
  load(batch: FrameBatch, first: number, limit: number = MAX_BATCH): number {
    if (batch.released) {
      throw new TypeError("the batch was released when its reader went on; use it before the next one is asked for");
    }
    if (batch.interfaces.length > MAX_CAPTURE_INTERFACES) {
      throw new RangeError(`${batch.interfaces.length} interfaces: at most ${MAX_CAPTURE_INTERFACES}`);
    }
    const most = Math.min(limit, MAX_BATCH, batch.count - first);
    if (most === 0) return 0;
    const { bytes, rows, interfaces } = batch;
    const isHere = bytes === this.#intake && rows.buffer === this.#octets.buffer && rows.byteOffset === map.INTAKE_ROWS;
    const rowsAt = isHere ? map.INTAKE_ROWS + first * c.FRAME_SIZE : map.FRAMES;
    if (!isHere) this.#octets.set(rows.subarray(first * c.FRAME_SIZE, (first + most) * c.FRAME_SIZE), rowsAt);
    const size = Math.min(bytes.length, MAX_U32);
    const count = this.#exports.spanRows(rowsAt, most, size, interfaces.length, ARENA_SIZE);
    if (count < most) requireRow(batch, first + count);
    this.#judged = 0;
    this.#know(interfaces);
    this.#rows = rowsAt;
    this.#base = map.INTAKE;
    if (!isHere) {
      const from = this.#exports.spannedFrom() >>> 0;
      this.#octets.set(bytes.subarray(from, this.#exports.spannedTo() >>> 0), map.ARENA);
      this.#base = map.ARENA - from;
    }
    return count;
  }

  /** Reads the frame of a row that was loaded (steps 1–3). */
  read(row: number): Packet {
    this.#read(row);
    return this.#packet((this.#base + this.#words[this.#frame(row) >> 2]!) >>> 0);
  }

  // P-01: the number of each interface's device, 0 where its name is not known. One that no interface of the policy is
  // mapped to has a number of its own. Names are read anew each time: a list may be used again for other interfaces.
  #know(interfaces: readonly CaptureInterface[]): void {
    if (this.#devices.size === 0) return;
    interfaces.forEach(({ name }, i) => {
      const number = name === null ? 0 : (this.#devices.get(name) ?? this.#devices.size + 1);
      this.#view.setUint16(map.DEVICES + i * 2, number, true);
    });
  }

  /** Judges the first rows that were loaded. */
  classify(count: number): Judgement {
    const groups = this.#exports.classify(this.#rows, this.#base, count);
    this.#judged = this.#exports.judgedRows();
    return { judged: this.#judged, groups };
  }

  /**
   * Gathers the rows judged last as blocks, by slot (assembly/gather.ts): PART rows at `parts`, TEXT rows at `texts`. The
   * first is frame number `first`. `isNext`: goes on where it could not, else it begins.
   */
  gather(groups: number, parts: number, texts: number, first: number, isNext: boolean): Gathered {
    if (!isNext) this.#exports.openGather();
    const state = this.#exports.gather(this.#rows, this.#base, groups, parts, texts, first);
    return { state, slot: this.#exports.gatherSlot(), row: this.#exports.gatherRow() };
  }

  /** The row that it could not go on with was seen to. */
  passRow(): void {
    this.#exports.passRow();
  }

  /** The slot that a group of the rows judged last goes to. */
  slotOf(group: number): number {
    return this.#words[(map.GROUPS + group * map.GROUP_SIZE + map.GROUP_SLOT) >> 2]!;
  }

  /** Its frames. */
  lengthOf(group: number): number {
    return this.#words[(map.GROUPS + group * map.GROUP_SIZE + map.GROUP_COUNT) >> 2]!;
  }

  /** The row number of its frame `index`, in the order of the batch. */
  rowOf(group: number, index: number): number {
    return this.#words[this.#groupedAt(group) + index]!;
  }

  /** All its row numbers. A copy: what is done to it changes nothing here. */
  rowsOf(group: number): Uint32Array {
    const start = this.#groupedAt(group);
    return this.#words.slice(start, start + this.lengthOf(group));
  }

  #groupedAt(group: number): number {
    return (map.GROUPED >> 2) + this.#words[(map.GROUPS + group * map.GROUP_SIZE + map.GROUP_START) >> 2]!;
  }

  /**
   * The verdict on a row that was judged.
   *
   * @throws {RangeError} the row was not judged
   */
  verdict(row: number): VerdictRow {
    if (!isWithin(row, this.#judged - 1)) throw new RangeError(`row ${row}: ${this.#judged} were judged`);
    const at = map.VERDICTS + row * c.VERDICT_SIZE;
    const view = this.#view;
    const optional16 = (field: number): number | null => orNull(view.getUint16(at + field, true), c.NONE16);
    const optional32 = (field: number): number | null => orNull(view.getUint32(at + field, true), c.NONE32);
    const reason = view.getUint8(at + c.VERDICT_REASON);
    const source = view.getUint8(at + c.VERDICT_SOURCE);
    const version = view.getUint8(at + c.VERDICT_VERSION) & ~c.PART_OF_DATAGRAM;
    const labelLength = view.getUint16(at + c.VERDICT_LABEL_LEN, true);
    return {
      reason,
      status: view.getUint8(at + c.VERDICT_STATUS),
      source,
      mapped: source === c.SOURCE_MAPPED,
      copies: this.#copies(row, view.getUint16(at + c.VERDICT_COPIES, true)),
      ipVersion: version === 4 || version === 6 ? version : null,
      ipOffset: version === 0 ? null : view.getUint16(at + c.VERDICT_IP, true),
      partition: optional16(c.VERDICT_PARTITION),
      chosen: optional16(c.VERDICT_CHOSEN),
      interface: optional16(c.VERDICT_INTERFACE),
      template: optional16(c.VERDICT_TEMPLATE),
      endpoint: optional32(c.VERDICT_ENDPOINT),
      label: optional32(c.VERDICT_LABEL),
      blame: reason === 0 ? null : view.getUint32(at + c.VERDICT_BLAME, true),
      labelSpan:
        labelLength === 0 ? null : { offset: view.getUint16(at + c.VERDICT_LABEL_AT, true), length: labelLength },
    };
  }

  /** The reason of a row that was judged. */
  reasonOf(row: number): number {
    return this.#octets[map.VERDICTS + row * c.VERDICT_SIZE + c.VERDICT_REASON]!;
  }

  // Copies stand in the order of the rows.
  #copies(row: number, count: number): number[] {
    if (count === 0) return [];
    const word = (index: number, field: number): number =>
      this.#words[(map.COPIES + index * map.COPY_SIZE + field) >> 2]!;
    let from = 0;
    let to = this.#exports.copyCount();
    while (from < to) {
      const middle = (from + to) >> 1;
      if (word(middle, map.COPY_ROW) < row) from = middle + 1;
      else to = middle;
    }
    return Array.from({ length: count }, (_, i) => word(from + i, map.COPY_ENDPOINT));
  }

  /** The CIPSO or CALIPSO label that a loaded row carries. */
  labelOf(row: number): Label {
    this.#read(row);
    return decodeLabel(this.#view, map.LABEL);
  }

  /** The datagrams it is following (Rule F). */
  get datagrams(): Datagrams {
    return new Datagrams(this.#octets);
  }

  /**
   * Of the rows judged last, one number each: the endpoint, or {@link DROPPED} and the reason, or {@link OPEN}.
   *
   * @param outcomes has room for them
   */
  outcomes(outcomes: Uint32Array): void {
    for (let row = 0; row < this.#judged; row++) {
      const at = map.VERDICTS + row * c.VERDICT_SIZE;
      const reason = this.#octets[at + c.VERDICT_REASON]!;
      const isFragment = this.#octets[at + c.VERDICT_VERSION]! >= c.PART_OF_DATAGRAM;
      const copies = this.#words[(at + c.VERDICT_COPIES) >> 2]! >>> 16;
      if (isFragment || copies > 0) outcomes[row] = OPEN;
      else outcomes[row] = reason === OK ? this.#words[(at + c.VERDICT_ENDPOINT) >> 2]! : DROPPED + reason;
    }
  }

  /** Sends an endpoint's frames to a slot from the next batch on. */
  setSlot(endpoint: number, slot: number): void {
    this.#words[(this.#header(t.HEADER_SLOTS) >> 2) + endpoint] = slot;
  }

  /** What was delivered to an endpoint since the kernel was made. */
  endpointCount(endpoint: number): Count {
    return this.#count(this.#header(t.HEADER_ENDPOINT_COUNTERS), endpoint);
  }

  /** What got a reason since the kernel was made. */
  reasonCount(reason: number): Count {
    return this.#count(this.#header(t.HEADER_REASON_COUNTERS), reason);
  }

  #read(row: number): void {
    this.#exports.read(this.#frame(row), this.#base);
  }

  /** Address of a FRAME row, which begins with its offset. */
  #frame(row: number): number {
    return this.#rows + row * c.FRAME_SIZE;
  }

  #header(field: number): number {
    return this.#words[(map.POLICY + field) >> 2]!;
  }

  #count(counters: number, index: number): Count {
    const at = counters + index * t.COUNTER_SIZE;
    return {
      frames: Number(this.#view.getBigUint64(at + t.COUNTER_FRAMES, true)),
      bytes: Number(this.#view.getBigUint64(at + t.COUNTER_BYTES, true)),
    };
  }

  /** @param frame address of its first octet */
  #packet(frame: number): Packet {
    const u8 = (field: number): number => this.#octets[map.PACKET + field]!;
    const u16 = (field: number): number => this.#view.getUint16(map.PACKET + field, true);
    const wire16 = (field: number): number => this.#view.getUint16(map.PACKET + field);
    const u32 = (field: number): number => this.#view.getUint32(map.PACKET + field, true);
    const offset = (field: number): number => u32(field) - frame;
    const copy = (at: number, length: number): Uint8Array => this.#octets.slice(at, at + length);
    const status = u8(c.PACKET_STATUS);
    const version = u8(c.PACKET_VERSION);
    const wide = version === 6 ? 16 : 4;
    const fixed = u32(c.PACKET_SRC) !== 0;
    const ports = u8(c.PACKET_PORTS) === c.PORTS_READ;
    const walked = u32(c.PACKET_TRANSPORT) !== 0;
    const label = isLabelled(status) ? this.#packetLabel() : null;
    return {
      status,
      blame: isWellFormed(status) ? null : offset(c.PACKET_BLAME),
      vlan: Array.from({ length: u8(c.PACKET_VLANS) }, (_, i) => u16(c.PACKET_VLAN_TAGS + 2 * i) & 0xfff),
      ipVersion: version === 4 || version === 6 ? version : null,
      ipOffset: version === 0 ? null : offset(c.PACKET_IP),
      src: fixed ? copy(u32(c.PACKET_SRC), wide) : null,
      dst: fixed ? copy(u32(c.PACKET_DST), wide) : null,
      protocol: orNull(u16(c.PACKET_PROTOCOL), c.NONE16),
      srcPort: ports ? wire16(c.PACKET_SPORT) : null,
      dstPort: ports ? wire16(c.PACKET_DPORT) : null,
      fragment: fixed
        ? {
            offset: u32(c.PACKET_FRAG_OFFSET),
            more: u8(c.PACKET_MORE) === 1,
            id: version === 4 ? wire16(c.PACKET_FRAG_ID) : this.#view.getUint32(map.PACKET + c.PACKET_FRAG_ID),
            fragmented: u8(c.PACKET_FRAGMENT) === 1,
            at: offset(c.PACKET_FRAG_AT),
          }
        : null,
      options: [...this.#octets.subarray(map.PACKET + c.PACKET_OPTION_TYPES).subarray(0, u32(c.PACKET_OPTIONS))],
      label,
      labelSpan: label === null ? null : { offset: offset(c.PACKET_LABEL_AT), length: u32(c.PACKET_LABEL_LEN) },
      transport: walked ? offset(c.PACKET_TRANSPORT) : null,
      packetEnd: walked ? offset(c.PACKET_END) : null,
    };
  }

  #packetLabel(): PacketLabel | null {
    const scheme = SCHEMES[this.#octets[map.PACKET + c.PACKET_SCHEME]!]!;
    if (scheme === null) return null;
    if (scheme !== "ripso") return { scheme, label: decodeLabel(this.#view, map.LABEL) };
    return {
      scheme,
      level: this.#octets[map.PACKET + c.PACKET_RIPSO_LEVEL]!,
      authorities: this.#octets[map.PACKET + c.PACKET_RIPSO_AUTHORITIES]!,
    };
  }
}

/** @throws {RangeError} the row reaches outside the batch's octets or interfaces, or its frame is too large */
export function requireRow(batch: FrameBatch, row: number): void {
  const offset = batch.offset(row);
  const length = batch.capturedLength(row);
  if (length > MAX_CAPLEN || offset + length > batch.bytes.length) {
    throw new RangeError(`row ${row}: ${length} octets at ${offset} of ${batch.bytes.length}`);
  }
  const count = batch.interfaces.length;
  if (count > 0 && batch.interfaceOf(row) >= count) {
    throw new RangeError(`row ${row}: interface ${batch.interfaceOf(row)} of ${count}`);
  }
}

function orNull(value: number, none: number): number | null {
  return value === none ? null : value;
}
