/**
 * The capture that `audit` writes: its packets, one frame each.
 *
 * @module
 */
import { lstatSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Witness } from "../audit/finding.ts";
import { PcapngWriter, PcapWriter } from "../capture/write.ts";
import { writeFailure } from "./output.ts";

/** Behind the name of the capture until it is whole. */
const PARTIAL = ".partial";

const ETHERNET = 1;
/** Nothing depends on when a packet comes. */
const TIME = { seconds: 0, nanoseconds: 0 };

/** Whether the packets need pcapng, whatever the file's name: pcap has no devices. */
export function needsPcapng(witnesses: readonly Witness[]): boolean {
  return witnesses.some(({ frame }) => frame.device !== undefined);
}

/** Writes the packets; `null`, or why they can't be written. The policy's file is not overwritten. */
export function writeWitnesses(
  path: string,
  witnesses: readonly Witness[],
  { force, policy }: { readonly force: boolean; readonly policy: string },
): string | null {
  const refusal = refuseOutput(path, force, policy);
  if (refusal !== null) return `${path}: ${refusal}`;
  const partial = `${path}${PARTIAL}`;
  try {
    const chunks: Uint8Array[] = [];
    const isNamed = path.endsWith(".pcapng") || needsPcapng(witnesses);
    (isNamed ? writePcapng : writePcap)(witnesses, (chunk) => chunks.push(chunk));
    // One that an interrupted run left, or a link somewhere else, is not written to.
    rmSync(partial, { force: true });
    writeFileSync(partial, Buffer.concat(chunks), { flag: "wx" });
    renameSync(partial, path);
    return null;
  } catch (error) {
    rmSync(partial, { force: true });
    return `${path}: cannot be written: ${writeFailure(error)}`;
  }
}

function refuseOutput(path: string, force: boolean, policy: string): string | null {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const own = statSync(policy, { throwIfNoEntry: false });
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile())
    return `cannot be written: it is ${there.isDirectory() ? "a directory" : "no file"}`;
  if (own !== undefined && there?.dev === own.dev && there.ino === own.ino)
    return "is the policy; write to another file";
  return force ? null : "there already; --force overwrites";
}

function writePcap(witnesses: readonly Witness[], write: (chunk: Uint8Array) => void): void {
  const writer = new PcapWriter(write, { linkType: ETHERNET });
  for (const { frame } of witnesses) writer.packet(frame.bytes, TIME);
  writer.flush();
}

// An interface without a name stands for a device that is not known.
function writePcapng(witnesses: readonly Witness[], write: (chunk: Uint8Array) => void): void {
  const writer = new PcapngWriter(write, { application: "labelgate audit" });
  const interfaces = new Map<string | null, number>();
  for (const { frame, words } of witnesses) {
    const name = frame.device ?? null;
    const known = interfaces.get(name) ?? writer.addInterface({ linkType: ETHERNET, name });
    interfaces.set(name, known);
    writer.packet(frame.bytes, { interface: known, ...TIME, comment: words });
  }
  writer.flush();
}
