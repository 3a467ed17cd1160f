// The kernel against the oracle: the same frames, the same policy, every field.

import { batchOf, type FrameInput } from "../../ts/frames.ts";
import { Kernel, SOURCES, TABLES_BASE, type VerdictRow } from "../../ts/kernel.ts";
import { formatLabel, type Label, type Run } from "../../ts/label.ts";
import type { Packet } from "../../ts/packet.ts";
import { compilePolicy, compileReader, type PolicyImage } from "../../ts/policy/compile.ts";
import type { Policy, Profile } from "../../ts/policy/model.ts";
import { Oracle, type OracleVerdict, type Reading, read } from "../oracle.ts";

export type GeneratedFrame = Required<FrameInput>;

const hex = (octets: Uint8Array | null): string | null =>
  octets === null ? null : Buffer.from(octets).toString("hex");

// Category 65535 is outside the model (profile linux), so labels are compared as text.
const textOf = (doi: number, level: number, runs: readonly Run[]): string =>
  `${doi}/${formatLabel({ doi, level, categories: runs })}`;
const runsOf = (set: ReadonlySet<number>): Run[] => {
  const runs: [number, number][] = [];
  for (const category of [...set].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === category) last[1] = category;
    else runs.push([category, category]);
  }
  return runs;
};

/** What the kernel read, in comparable form. */
export function kernelReading(packet: Packet): unknown {
  const { label, labelSpan, src, dst, ...rest } = packet;
  return {
    ...rest,
    src: hex(src),
    dst: hex(dst),
    label:
      label === null || label.scheme === "ripso"
        ? label
        : `${label.scheme} ${textOf(label.label.doi, label.label.level, label.label.categories)}`,
    labelOffset: labelSpan?.offset ?? null,
    labelLength: labelSpan?.length ?? null,
  };
}

/** What the oracle read, in comparable form. */
export function oracleReading(reading: Reading): unknown {
  const { label, src, dst, ...rest } = reading;
  return {
    ...rest,
    src: hex(src),
    dst: hex(dst),
    label:
      label === null || label.scheme === "ripso"
        ? label
        : `${label.scheme} ${textOf(label.doi, label.level, runsOf(label.categories))}`,
  };
}

function oracleFrame({ bytes, linkType, wireLength, seconds, nanoseconds }: GeneratedFrame) {
  return { bytes, linkType, wireLength, time: seconds + nanoseconds / 1e9 };
}

/** Where the two read a frame differently (steps 1–3), or `null`. */
export function readingDifference(
  frames: readonly GeneratedFrame[],
  profile: Profile,
  dois: readonly number[] | null,
): Difference | null {
  const kernel = new Kernel(compileReader({ profile, dois }, TABLES_BASE));
  const batch = batchOf(frames);
  for (const [row, frame] of frames.entries()) {
    kernel.load(batch, row, 1);
    const kernelSays = kernelReading(kernel.read(0));
    const options = { profile, dois, readRipso: true, formats: [], verifyChecksum: false };
    const oracleSays = oracleReading(read(oracleFrame(frame), options));
    if (!same(kernelSays, oracleSays)) return { row, frame, kernel: kernelSays, oracle: oracleSays };
  }
  return null;
}

export interface Difference {
  readonly row: number;
  readonly frame: GeneratedFrame;
  readonly kernel: unknown;
  readonly oracle: unknown;
}

function kernelVerdict(row: VerdictRow, kernel: Kernel, image: PolicyImage, index: number): unknown {
  const source = SOURCES[row.source]!;
  const label: Label | null =
    row.label !== null ? image.labels[row.label]! : source === "option" ? kernel.labelOf(index) : null;
  const endpoint = row.endpoint === null ? null : image.endpoints[row.endpoint]!;
  return {
    reason: row.reason,
    status: row.status,
    source,
    label: label === null ? null : textOf(label.doi, label.level, label.categories),
    partition: endpoint?.partition ?? null,
    binding: endpoint?.binding ?? null,
    interface: row.interface,
    template: row.template,
    blame: row.blame,
  };
}

function oracleVerdict(verdict: OracleVerdict): unknown {
  const { label, ...rest } = verdict;
  return { ...rest, label: label === null ? null : textOf(label.doi, label.level, label.categories) };
}

/**
 * Where the two judge frames differently under a policy, or `null`. `seen` counts the reasons. The kernel judges them in
 * batches of `batch` frames; that must not matter.
 */
export function verdictDifference(
  policy: Policy,
  frames: readonly GeneratedFrame[],
  batch: number,
  seen?: Map<number, number>,
): Difference | null {
  const image = compilePolicy(policy, TABLES_BASE);
  const kernel = new Kernel(image);
  const oracle = new Oracle(policy);
  for (let first = 0; first < frames.length; first += batch) {
    const part = frames.slice(first, first + batch);
    kernel.load(batchOf(part), 0);
    const groups = kernel.classify(part.length);
    const grouped = groups.reduce((sum, { rows }) => sum + rows.length, 0);
    if (grouped !== part.length) throw new Error(`${part.length} frames, ${grouped} in groups`);
    const rows = part.map((_, row) => kernel.verdict(row));
    for (const [row, frame] of part.entries()) {
      const kernelSays = kernelVerdict(rows[row]!, kernel, image, row);
      const oracleSays = oracleVerdict(oracle.classify(oracleFrame(frame)));
      if (!same(kernelSays, oracleSays)) return { row: first + row, frame, kernel: kernelSays, oracle: oracleSays };
      seen?.set(rows[row]!.reason, (seen.get(rows[row]!.reason) ?? 0) + 1);
    }
  }
  return null;
}

/** A difference as text: the frame in hexadecimal, and the fields that differ. */
export function describe({ row, frame, kernel, oracle }: Difference): string {
  const fields = Object.keys(oracle as object).filter(
    (key) => !same((kernel as Record<string, unknown>)[key], (oracle as Record<string, unknown>)[key]),
  );
  const shown = fields.map((key) => {
    const [a, b] = [kernel, oracle].map((side) => JSON.stringify((side as Record<string, unknown>)[key]));
    return `${key}: kernel ${a}, oracle ${b}`;
  });
  return `frame ${row}, link type ${frame.linkType}, wire ${frame.wireLength}, ${hex(frame.bytes)}\n  ${shown.join("\n  ")}`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
