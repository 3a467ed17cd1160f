// What it costs to read a file and to write as many octets again.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { timed } from "../clock.ts";
import type { Lane } from "../lane.ts";

const PIECE = 262_144;

export const copyLane: Lane = {
  name: "copy",
  what: "the capture copied to another file in pieces of 256 KiB, nothing judged",
  open({ path, frames, capture }) {
    const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
    const to = join(folder, "copy.pcap");
    const piece = new Uint8Array(PIECE);
    return {
      frames,
      octets: capture.length,
      round() {
        rmSync(to, { force: true });
        return timed(() => copy(path, to, piece));
      },
      close() {
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

function copy(from: string, to: string, piece: Uint8Array): void {
  const source = openSync(from, "r");
  const target = openSync(to, "wx");
  for (let count = readSync(source, piece); count > 0; count = readSync(source, piece)) {
    for (let at = 0; at < count; ) at += writeSync(target, piece, at, count - at);
  }
  closeSync(target);
  closeSync(source);
}
