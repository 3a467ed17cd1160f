// The same decision in plain JavaScript.
import { FRAME_SIZE, VERDICT_SIZE } from "../../assembly/columns.ts";
import * as map from "../../assembly/memory.ts";
import { PCAP_HEADER_LENGTH, PCAP_RECORD_LENGTH } from "../../ts/capture/pcap.ts";
import { TABLES_BASE } from "../../ts/kernel.ts";
import { now } from "../clock.ts";
import { type PlainKernel, translateKernel } from "../javascript/translate.ts";
import type { Lane, OpenLane, Workload } from "../lane.ts";
import { NOT_PLAIN, type PlainPcap, plainPcap } from "../plain-pcap.ts";
import { requireKernelRows } from "../verdict-rows.ts";
import { CACHED_FRAMES } from "./cache.ts";
import { imageOf } from "./kernel.ts";

let factory: Promise<(memory: ArrayBuffer) => PlainKernel> | undefined;
const checked = new WeakSet<Workload>();

export const javascriptLanes: readonly Lane[] = [
  {
    name: "javascript/chunks",
    what: "kernel/chunks in plain JavaScript, made of the kernel by binaryen's wasm2js, memory through a DataView",
    open: (workload) => open(workload, (plain) => plain.chunks()),
  },
  {
    name: "javascript/stream",
    what: "kernel/stream in plain JavaScript",
    open: (workload) => open(workload, (plain) => plain.stream()),
  },
  {
    name: "javascript/cache",
    what: "kernel/cache in plain JavaScript",
    open: (workload) => open(workload, (plain) => plain.cache()),
  },
];

async function open(workload: Workload, go: (plain: Plain) => number): Promise<OpenLane | string> {
  const { capture, frames } = workload;
  const pcap = plainPcap(capture);
  if (pcap === null) return NOT_PLAIN;
  factory ??= translateKernel();
  const plain = new Plain(await factory, workload, pcap);
  if (!checked.has(workload)) {
    requireKernelRows("javascript", plain.verdicts(), workload);
    checked.add(workload);
  }
  return {
    frames,
    octets: capture.length,
    round() {
      plain.reset();
      const spent = go(plain);
      if (plain.judged < frames) throw new Error(`${plain.judged} frames were judged of ${frames}`);
      return (spent * frames) / plain.judged; // the cache's rounds end with a whole one
    },
    close() {},
  };
}

/** A kernel in plain JavaScript with the capture behind its tables. */
class Plain {
  /** Frames since the last reset. */
  judged = 0;
  readonly #kernel: PlainKernel;
  readonly #octets: Uint8Array;
  readonly #capture: Uint8Array;
  readonly #frames: number;
  readonly #at: number;
  readonly #unit: number;
  readonly #linkType: number;
  #rows: Uint8Array[] | null = null;

  constructor(
    factory: (memory: ArrayBuffer) => PlainKernel,
    { policy, capture, frames }: Workload,
    { unit, linkType }: PlainPcap,
  ) {
    const { header, tables } = imageOf(policy);
    this.#unit = unit;
    this.#linkType = linkType;
    this.#capture = capture;
    this.#frames = frames;
    this.#at = TABLES_BASE + tables.length;
    // A multiple of 8: its last octets are seen through arrays of wider numbers too.
    const memory = new ArrayBuffer(Math.ceil((this.#at + capture.length + map.SLACK) / 8) * 8);
    this.#octets = new Uint8Array(memory);
    this.#octets.set(header, map.POLICY);
    this.#octets.set(tables, TABLES_BASE);
    this.#octets.set(capture, this.#at);
    this.#kernel = factory(memory);
    this.#kernel.prepare();
  }

  /** As a new kernel. */
  reset(): void {
    this.judged = 0;
    this.#octets.fill(0, map.DATAGRAMS, map.DATAGRAM_KEYS);
  }

  chunks(): number {
    let spent = 0;
    for (let at = PCAP_HEADER_LENGTH; at < this.#capture.length; ) {
      const end = Math.min(at + map.INTAKE_SIZE, this.#capture.length);
      this.#octets.set(this.#capture.subarray(at, end), map.INTAKE);
      const start = now();
      const done = this.#go(map.INTAKE, 0, end - at);
      spent += now() - start;
      if (done === 0) throw new Error(`a record at octet ${at} that is not whole, or larger than the intake`);
      at += done;
    }
    return spent;
  }

  stream(): number {
    const start = now();
    this.#go(this.#at, PCAP_HEADER_LENGTH, this.#capture.length);
    return now() - start;
  }

  cache(): number {
    const end = this.#walk(this.#at, PCAP_HEADER_LENGTH, this.#capture.length, CACHED_FRAMES);
    if (end - PCAP_HEADER_LENGTH > map.INTAKE_SIZE) throw new Error("the first frames are larger than the intake");
    this.#octets.set(this.#capture.subarray(PCAP_HEADER_LENGTH, end), map.INTAKE);
    const start = now();
    while (this.judged < this.#frames) this.#go(map.INTAKE, 0, end - PCAP_HEADER_LENGTH);
    return now() - start;
  }

  /** VERDICT rows of all frames. */
  verdicts(): Uint8Array {
    this.#rows = [];
    this.reset();
    this.chunks();
    const rows = Buffer.concat(this.#rows);
    this.#rows = null;
    return rows;
  }

  // Where the walk from `at` to `end` ended, at most so many frames on.
  #walk(octets: number, at: number, end: number, most: number): number {
    this.#kernel.openRows(map.INTAKE_ROWS, most);
    return this.#kernel.walkPcap(octets, at, end, PCAP_RECORD_LENGTH, 0, this.#unit, this.#linkType);
  }

  #go(octets: number, from: number, end: number): number {
    for (let at = from; ; ) {
      at = this.#walk(octets, at, end, map.MAX_BATCH);
      const count = (this.#kernel.walkedTo() - map.INTAKE_ROWS) / FRAME_SIZE;
      if (count === 0) return at;
      for (let row = 0; row < count; ) {
        this.#kernel.classify(map.INTAKE_ROWS + row * FRAME_SIZE, octets, count - row);
        const judged = this.#kernel.judgedRows();
        this.#rows?.push(this.#octets.slice(map.VERDICTS, map.VERDICTS + judged * VERDICT_SIZE));
        row += judged;
      }
      this.judged += count;
    }
  }
}
