// The first frames of a workload in a file of their own, for what is too slow to go through all of them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PCAP_RECORD_LENGTH } from "../../ts/capture/pcap.ts";
import { readCaptureSync } from "../../ts/capture/read.ts";
import { PcapngWriter, PcapWriter, type WriteChunk } from "../../ts/capture/write.ts";
import { batchOf, type FrameBatch, type FrameInput } from "../../ts/frames.ts";
import type { Workload } from "../lane.ts";

/** `pcap`: little-endian, with microseconds, which every reader knows. `pcapng`: its interface has a name. */
export type Format = "pcap" | "pcapng";

/** The first frames in a temporary file. */
export interface Excerpt {
  readonly path: string;
  /** LINKTYPE_ number. */
  readonly linkType: number;
  readonly frames: number;
  /** Octets of the frames and of their headers in a pcap file. */
  readonly octets: number;
  /** Takes the file away. */
  close(): void;
}

const INTERFACE_NAME = "net0";

/** The first frames, at most so many; a text says why they can't be had. */
export function excerptOf({ capture }: Pick<Workload, "capture">, most: number, format: Format): Excerpt | string {
  const batch = firstFrames(capture, most);
  if (batch.count === 0) return "the capture has no frames";
  const linkType = batch.linkType(0);
  let octets = 0;
  for (let row = 0; row < batch.count; row++) {
    if (batch.linkType(row) !== linkType) {
      return `frame ${row + 1} has link type ${batch.linkType(row)}, those before it ${linkType}: one link type is needed`;
    }
    octets += PCAP_RECORD_LENGTH + batch.capturedLength(row);
  }
  const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  const path = join(folder, `excerpt.${format}`);
  writeFileSync(path, fileOf(batch, linkType, format));
  return { path, linkType, frames: batch.count, octets, close: () => rmSync(folder, { recursive: true, force: true }) };
}

function firstFrames(capture: Uint8Array, most: number): FrameBatch {
  const frames: FrameInput[] = [];
  for (const batch of readCaptureSync(capture)) {
    for (let row = 0; row < batch.count && frames.length < most; row++) {
      frames.push({
        bytes: batch.octets(row).slice(), // the batch's memory is used again
        wireLength: batch.wireLength(row),
        linkType: batch.linkType(row),
        seconds: batch.seconds(row),
        nanoseconds: batch.nanoseconds(row),
      });
    }
    if (frames.length === most) break;
  }
  return batchOf(frames);
}

function fileOf(batch: FrameBatch, linkType: number, format: Format): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = format === "pcap" ? pcapOf(linkType, keep) : pcapngOf(linkType, keep);
  function keep(chunk: Uint8Array): void {
    chunks.push(chunk);
  }
  for (let row = 0; row < batch.count; row++) {
    writer.packet(batch.octets(row), {
      seconds: batch.seconds(row),
      nanoseconds: batch.nanoseconds(row),
      wireLength: batch.wireLength(row),
      interface: 0,
    });
  }
  writer.flush();
  return Buffer.concat(chunks);
}

function pcapOf(linkType: number, write: WriteChunk): PcapWriter {
  return new PcapWriter(write, { linkType, nanoseconds: false });
}

function pcapngOf(linkType: number, write: WriteChunk): PcapngWriter {
  const writer = new PcapngWriter(write);
  writer.addInterface({ linkType, name: INTERFACE_NAME });
  return writer;
}
