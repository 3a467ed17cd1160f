// The kernel against the oracle: the same frames, the same policy, every field.

import { batchOf } from "../../ts/frames.ts";
import { Kernel, SOURCES, TABLES_BASE, type VerdictRow } from "../../ts/kernel.ts";
import { formatLabel, type Label, type Run } from "../../ts/label.ts";
import type { Packet } from "../../ts/packet.ts";
import { compilePolicy, compileReader, type PolicyImage } from "../../ts/policy/compile.ts";
import { translate } from "../../ts/policy/dois.ts";
import type { Policy, Profile } from "../../ts/policy/model.ts";
import { type Group, groupsOf } from "../groups.ts";
import { Oracle, type OracleFrame, type OracleVerdict, type Reading, read } from "../oracle.ts";
import type { GeneratedFrame } from "./frame.ts";

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

/** A frame as the oracle takes it. */
export function oracleFrame(frame: GeneratedFrame): OracleFrame {
  const { bytes, linkType, wireLength, seconds, nanoseconds, device = null } = frame;
  return { bytes, linkType, wireLength, time: seconds + nanoseconds / 1e9, device };
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

function kernelVerdict(row: VerdictRow, kernel: Kernel, policy: Policy, image: PolicyImage, index: number): unknown {
  const source = SOURCES[row.source]!;
  const endpoint = row.endpoint === null ? null : image.endpoints[row.endpoint]!;
  return {
    reason: row.reason,
    status: row.status,
    source,
    label: textOfLabel(labelOf(row, kernel, policy, image, index)),
    mapped: row.mapped,
    partition: endpoint?.partition ?? null,
    binding: endpoint?.binding ?? null,
    copies: row.copies.map((number) => {
      const { partition, binding } = image.endpoints[number]!;
      return { partition, binding };
    }),
    interface: row.interface,
    template: row.template,
    blame: row.blame,
  };
}

function labelOf(row: VerdictRow, kernel: Kernel, policy: Policy, image: PolicyImage, index: number): Label | null {
  if (row.label !== null) return image.labels[row.label]!;
  if (SOURCES[row.source] !== "option") return null;
  const carried = kernel.labelOf(index);
  return row.mapped ? translate(carried, policy.translations) : carried;
}

function textOfLabel(label: Label | null): string | null {
  return label === null ? null : textOf(label.doi, label.level, label.categories);
}

function oracleVerdict({ label, ...rest }: OracleVerdict): unknown {
  return { ...rest, label: textOfLabel(label) };
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
    const said = kernelVerdicts(kernel, part, policy, image);
    for (const [row, frame] of part.entries()) {
      const kernelSays = said[row]!;
      const verdict = oracle.classify(oracleFrame(frame));
      const oracleSays = oracleVerdict(verdict);
      if (!same(kernelSays, oracleSays)) return { row: first + row, frame, kernel: kernelSays, oracle: oracleSays };
      seen?.set(verdict.reason, (seen.get(verdict.reason) ?? 0) + 1);
    }
  }
  return null;
}

/** What the kernel says of each frame of a batch; it may judge fewer at once than it is asked. */
function kernelVerdicts(
  kernel: Kernel,
  frames: readonly GeneratedFrame[],
  policy: Policy,
  image: PolicyImage,
): unknown[] {
  const batch = batchOf(frames);
  const said: unknown[] = [];
  while (said.length < frames.length) {
    const { judged, groups } = kernel.classify(kernel.load(batch, said.length));
    requireEveryRow(judged, groupsOf(kernel, groups));
    const rows = Array.from({ length: judged }, (_, row) => kernel.verdict(row));
    said.push(...rows.map((row, index) => kernelVerdict(row, kernel, policy, image, index)));
  }
  return said;
}

/** Every row that was judged is in a group, or with copies in several, and the rows of a group are in order. */
function requireEveryRow(judged: number, groups: readonly Group[]): void {
  if (judged === 0) throw new Error("no frame was judged");
  const grouped = new Set<number>();
  for (const { slot, rows } of groups) {
    for (const [i, row] of rows.entries()) {
      if (i > 0 && row < rows[i - 1]!) throw new Error(`slot ${slot}: row ${row} behind row ${rows[i - 1]}`);
      grouped.add(row);
    }
  }
  const strange = [...grouped].find((row) => row >= judged);
  if (strange !== undefined) throw new Error(`row ${strange} in a group, and ${judged} were judged`);
  if (grouped.size !== judged) throw new Error(`${judged} frames, ${grouped.size} in groups`);
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
