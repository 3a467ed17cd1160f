/**
 * `labelgate/sinks/capture`: frames to capture files that follow one another, by size and time. For Node, Deno and Bun.
 *
 * @module labelgate/sinks/capture
 */
import { type FileHandle, open, rm } from "node:fs/promises";
import { nearestPcapngTime, PcapngWriter } from "../capture/write.ts";
import { isWithin } from "../given.ts";
import { reasonNamed } from "../reason.ts";
import type { FrameCopy } from "../sink.ts";
import { type Consumer, type QueuedSink, type QueueOptions, queuedSink } from "./queue.ts";

export type { QueuedSink, QueueOptions, QueueStats } from "./queue.ts";

/** For {@link captureSink}. */
export interface CaptureSinkOptions extends QueueOptions {
  /** Octets of a file: a frame that would go beyond begins the next, unless it is the first of its file. */
  readonly maxFileBytes?: number;
  /** Seconds of a file, by the times of its frames, from its first on. */
  readonly maxFileSeconds?: number;
  /** Files that are kept: when there is another, the oldest is deleted. */
  readonly maxFiles?: number;
  /** Called with the path of each file that is whole. */
  readonly onFile?: (path: string) => void;
}

/**
 * A sink that writes pcapng files. Comments of drops say why. A file that is there already is not overwritten: the sink fails.
 *
 * @param path of the file; or that of each, counted from 1, when there may be several
 * @throws {RangeError} a bound that is none, or bounds that need several files and one path
 * @example
 * ```ts
 * import { mkdtempSync, readFileSync } from "node:fs";
 * import { join } from "node:path";
 * import { batchOf, createClassifier, readCaptureSync } from "labelgate";
 * import { captureSink } from "labelgate/sinks/capture";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const folder = mkdtempSync("captures-");
 * const drops = captureSink((file) => join(folder, `dropped-${file}.pcapng`), { maxFileSeconds: 3600, maxFiles: 24 });
 * classifier.registerDrops(drops);
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * await drops.end();
 * const [batch] = readCaptureSync(readFileSync(join(folder, "dropped-1.pcapng")));
 * batch!.count; // 1
 * ```
 */
export function captureSink(path: string | ((file: number) => string), options: CaptureSinkOptions = {}): QueuedSink {
  const { maxFileBytes, maxFileSeconds, maxFiles } = options;
  for (const [name, bound] of Object.entries({ maxFileBytes, maxFileSeconds, maxFiles })) {
    if (bound !== undefined && !isWithin(bound, Number.MAX_SAFE_INTEGER, 1)) {
      throw new RangeError(`${name} ${bound}: expected 1 or more`);
    }
  }
  if (typeof path === "string" && (maxFileBytes ?? maxFileSeconds) !== undefined) {
    throw new RangeError("path: there may be several files; give a function of their number");
  }
  return queuedSink(new CaptureFiles(typeof path === "string" ? () => path : path, options), options);
}

/** A file that is written. */
interface Current {
  readonly path: string;
  readonly handle: FileHandle;
  readonly writer: PcapngWriter;
  /** By link type and device. */
  readonly interfaces: Map<string, number>;
  /** Blocks that are not in the file yet. */
  readonly blocks: Uint8Array[];
  /** Seconds of its first frame. */
  readonly since: number;
  /** Octets, those of the blocks included. */
  size: number;
}

class CaptureFiles implements Consumer {
  readonly #pathOf: (file: number) => string;
  readonly #options: CaptureSinkOptions;
  #current: Current | null = null;
  #files = 0;
  readonly #kept: string[] = [];

  constructor(pathOf: (file: number) => string, options: CaptureSinkOptions) {
    this.#pathOf = pathOf;
    this.#options = options;
  }

  async take(frames: readonly FrameCopy[]): Promise<void> {
    const { maxFileBytes = Number.POSITIVE_INFINITY, maxFileSeconds = Number.POSITIVE_INFINITY } = this.#options;
    for (const frame of frames) {
      if (this.#current !== null && frame.seconds - this.#current.since >= maxFileSeconds) await this.#finish();
      if (this.#current !== null && !write(this.#current, frame, maxFileBytes)) await this.#finish();
      else if (this.#current !== null) continue;
      this.#current = await this.#begin(frame);
      write(this.#current, frame, Number.POSITIVE_INFINITY);
    }
    if (this.#current !== null) await save(this.#current);
  }

  close(): Promise<void> {
    return this.#finish();
  }

  async #begin({ seconds }: FrameCopy): Promise<Current> {
    const path = this.#pathOf(++this.#files);
    const { maxFiles = Number.POSITIVE_INFINITY } = this.#options;
    this.#kept.push(path);
    while (this.#kept.length > maxFiles) await rm(this.#kept.shift()!, { force: true });
    const handle = await open(path, "wx");
    const blocks: Uint8Array[] = [];
    const writer = new PcapngWriter((block) => blocks.push(block), { application: "labelgate" });
    const current: Current = { path, handle, writer, interfaces: new Map(), blocks, since: seconds, size: 0 };
    flush(current);
    return current;
  }

  async #finish(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    try {
      await save(current);
    } finally {
      await current.handle.close();
    }
    this.#options.onFile?.(current.path);
  }
}

const keyOf = ({ linkType, device }: FrameCopy): string => `${linkType} ${device ?? ""}`;

// Writes a frame, unless the file would be larger than that.
function write(current: Current, frame: FrameCopy, maxFileBytes: number): boolean {
  const { writer, interfaces, blocks, size } = current;
  const { linkType, device, bytes, wireLength } = frame;
  const before = blocks.length;
  const key = keyOf(frame);
  if (!interfaces.has(key)) interfaces.set(key, writer.addInterface({ linkType, name: device }));
  const comment = commentOf(frame);
  writer.packet(bytes, {
    interface: interfaces.get(key)!,
    ...nearestPcapngTime(frame),
    wireLength,
    ...(comment === null ? {} : { comment }),
  });
  flush(current);
  if (current.size <= maxFileBytes) return true;
  blocks.splice(before);
  current.size = size;
  return false;
}

function flush(current: Current): void {
  const before = current.blocks.length;
  current.writer.flush();
  current.size += current.blocks.slice(before).reduce((sum, { length }) => sum + length, 0);
}

async function save({ handle, blocks }: Current): Promise<void> {
  for (const block of blocks.splice(0)) {
    for (let at = 0; at < block.length; ) at += (await handle.write(block, at)).bytesWritten;
  }
}

function commentOf({ frame, verdict }: FrameCopy): string | null {
  if (verdict.reason === null) return null;
  const { name, rule, sentence } = reasonNamed(verdict.reason);
  return `frame ${frame}: ${name} (${rule}): ${sentence}; octet ${verdict.offset}`;
}
