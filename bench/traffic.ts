// The workloads there are, by name.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PCAP_HEADER_LENGTH } from "../ts/capture/pcap.ts";
import { readCaptureSync } from "../ts/capture/read.ts";
import type { FrameBatch } from "../ts/frames.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import type { Workload } from "./lane.ts";
import { RECORDING, RECORDING_POLICY } from "./recording.ts";
import { attackOf } from "./workload/attack.ts";
import { dearest } from "./workload/dearest.ts";
import { MIX, mixOf } from "./workload/mix.ts";
import { MIX_PARAMETERS } from "./workload/parameters.ts";
import { type TargetKind, targetOf } from "./workload/target.ts";

/** A number that generated traffic depends on. */
export interface Parameter {
  readonly name: string;
  readonly what: string;
  readonly initial: number;
  readonly least: number;
  readonly most: number;
  /** A percentage, which may have a fraction. */
  readonly share?: true;
}

export type Parameters = Readonly<Record<string, number>>;

export interface OpenWorkload extends Workload {
  /** Of the capture, in hexadecimal. */
  readonly sha256: string;
  /** Takes its file away. */
  close(): void;
}

/** A kind of traffic, not made yet. */
export interface Traffic {
  readonly name: string;
  readonly what: string;
  open(parameters: Parameters): OpenWorkload;
}

export const PARAMETERS: readonly Parameter[] = [
  { name: "frames", what: "frames of a workload", initial: 1_000_000, least: 1, most: 10_000_000 },
  ...MIX_PARAMETERS,
];

/** The parameters as they are when none is given. */
export function initialParameters(): Parameters {
  return Object.fromEntries(PARAMETERS.map(({ name, initial }) => [name, initial]));
}

// Two mixes that differ only in the sizes of their policies.
const SMALL = { partitions: 10, prefixes: 1000 };
const BIG = { partitions: 10_000, prefixes: 1_000_000 };
const MIX_OCTETS = 377; // of a record, in the mean
const ATTACK_SAMPLE = 64; // frames

/** The attack that was recorded: as many frames as were asked for, or fewer, as many octets as the mix would have. */
function attack(name: string, what: string, kind: TargetKind): Traffic {
  return {
    name,
    what,
    open({ frames }) {
      const target = targetOf(kind);
      const { genome } = dearest()[kind];
      const octets = attackOf(genome, ATTACK_SAMPLE, target).length / ATTACK_SAMPLE;
      const wanted = Math.ceil(frames! * Math.min(1, MIX_OCTETS / octets));
      return workloadOf({ name, what }, attackOf(genome, wanted, target), target.policy);
    },
  };
}

export const TRAFFIC: readonly Traffic[] = [
  {
    name: "mix",
    what: MIX,
    open(parameters) {
      const { capture, policy } = mixOf(parameters);
      return workloadOf(this, capture, policy);
    },
  },
  {
    name: "small",
    what: "the mix, with 10 partitions and 1,000 host prefixes",
    open(parameters) {
      const { capture, policy } = mixOf({ ...parameters, ...SMALL });
      return workloadOf(this, capture, policy);
    },
  },
  {
    name: "big",
    what: "the mix, with 10,000 partitions and 1,000,000 host prefixes",
    open(parameters) {
      const { capture, policy } = mixOf({ ...parameters, ...BIG });
      return workloadOf(this, capture, policy);
    },
  },
  attack("attack", "frames that cost the kernel most, found by a search (bench/attack.ts)", "full"),
  attack("attack-plain", "the same by a policy without DOI translation and groups", "plain"),
  {
    name: "recording",
    what: "a recording of labelled bulk traffic, again and again",
    open(parameters) {
      return workloadOf(this, repeated(readFileSync(RECORDING), parameters.frames!), RECORDING_POLICY);
    },
  },
];

/** A capture and a policy that were given. */
export function captureOf(path: string, policy: PolicyInput): OpenWorkload {
  const capture = new Uint8Array(readFileSync(path));
  let frames = 0;
  for (const batch of readCaptureSync(capture)) frames += batch.count;
  return { name: "capture", what: path, path, capture, frames, policy, sha256: digest(capture), close() {} };
}

/** A workload of octets, in a temporary file. */
export function workloadOf(
  { name, what }: Pick<Traffic, "name" | "what">,
  capture: Uint8Array,
  policy: PolicyInput,
): OpenWorkload {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
  const path = join(folder, `${name}.pcap`);
  writeFileSync(path, capture);
  let frames = 0;
  for (const batch of readCaptureSync(capture)) frames += batch.count;
  return {
    ...{ name, what, path, capture, frames, policy },
    sha256: digest(capture),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function repeated(recording: Uint8Array, frames: number): Uint8Array {
  const ends: number[] = [];
  for (const batch of readCaptureSync(recording)) {
    for (let row = 0; row < batch.count; row++) ends.push(endOf(recording, batch, row));
  }
  const records = recording.length - PCAP_HEADER_LENGTH;
  const times = Math.floor(frames / ends.length);
  const left = frames % ends.length;
  const rest = left === 0 ? 0 : ends[left - 1]! - PCAP_HEADER_LENGTH;
  const capture = new Uint8Array(PCAP_HEADER_LENGTH + times * records + rest);
  capture.set(recording.subarray(0, PCAP_HEADER_LENGTH));
  for (let i = 0; i < times; i++) capture.set(recording.subarray(PCAP_HEADER_LENGTH), PCAP_HEADER_LENGTH + i * records);
  capture.set(recording.subarray(PCAP_HEADER_LENGTH, PCAP_HEADER_LENGTH + rest), PCAP_HEADER_LENGTH + times * records);
  return capture;
}

/** Where in a capture that is in memory the frame of a row ends. */
export function endOf(capture: Uint8Array, batch: FrameBatch, row: number): number {
  return batch.bytes.byteOffset - capture.byteOffset + batch.offset(row) + batch.capturedLength(row);
}

function digest(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}
