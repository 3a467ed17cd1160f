/**
 * `labelgate audit`: statements about a policy, proved or refuted, with packets that show them.
 *
 * @module
 */
import { Command } from "commander";
import { auditPolicy } from "../audit/audit.ts";
import { type Audit, type Finding, MAX_LISTED, type Outcome, QUESTIONS, type Witness } from "../audit/finding.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Target } from "../verdict.ts";
import { type Format, formatOption, Lines, reportError, reportLine } from "./output.ts";
import { readPolicyFile } from "./policy-file.ts";
import { parseFile, sourceName } from "./usage.ts";
import { needsPcapng, writeWitnesses } from "./witnesses.ts";

/** A finding, as a record. */
export interface FindingRecord {
  readonly question: string;
  readonly outcome: Outcome;
  readonly path: string;
  readonly words: string;
  readonly packets: readonly PacketRecord[];
}

/** A packet and its verdict, with the names that `classify` gives. */
export interface PacketRecord {
  /** In the capture that was written, counted from 1; `null`: none was. */
  readonly frame: number | null;
  readonly verdict: "deliver" | "drop";
  readonly partition: string | null;
  readonly binding: string | null;
  readonly copies: readonly Target[];
  readonly reason: string | null;
  readonly device: string | null;
  readonly words: string;
  /** The frame in hexadecimal; its link type is Ethernet. */
  readonly octets: string;
}

interface AuditOptions {
  readonly write?: string;
  readonly force?: boolean;
  readonly format: Format;
}

export function auditCommand(): Command {
  return new Command("audit")
    .description("prove or refute what a policy promises, with packets; exit 1 when something is refuted")
    .argument("<policy>", "the policy: JSON, comments are allowed; - is standard input", parseFile)
    .option("--write <file>", "write the packets: pcapng if the name ends so, else pcap", parseFile)
    .option("--force", "overwrite a file that is there")
    .addOption(formatOption())
    .addHelpText("after", "\nExample: labelgate audit policy.json --write shown.pcapng")
    .action(async (path: string, options: AuditOptions) => {
      if (!(await audit(path, options))) process.exitCode = 1;
    });
}

// True when nothing is refuted and everything was written.
async function audit(path: string, { write, force = false, format }: AuditOptions): Promise<boolean> {
  const file = readPolicyFile(path);
  for (const problem of file.problems) reportLine(file.say(problem, "error"));
  if (file.policy === null) return false;
  const result = auditPolicy(file.input as PolicyInput);
  const witnesses = [...new Set(result.findings.flatMap(({ packets }) => packets))];
  if (write !== undefined) {
    const failure = writeWitnesses(write, witnesses, { force, policy: path });
    if (failure !== null) {
      reportError(failure);
      return false;
    }
    if (needsPcapng(witnesses) && !write.endsWith(".pcapng")) {
      reportError(`${write}: written as pcapng, since some packets have to come by a device, which pcap can't name`);
    }
  }
  const numbers = new Map(write === undefined ? [] : witnesses.map((witness, i) => [witness, i + 1]));
  const lines = new Lines();
  if (format === "text") lines.write(auditText(sourceName(path), result, numbers));
  else for (const finding of result.findings) lines.write(JSON.stringify(findingRecord(finding, numbers)));
  await lines.end();
  if (result.omitted > 0) reportError(`${result.omitted} packets are left out; findings without one are as sure`);
  return result.findings.every(({ outcome }) => outcome !== "refuted");
}

/** A finding as a record. `numbers` are those of packets that were written. */
function findingRecord(
  { question, outcome, path, words, packets }: Finding,
  numbers: ReadonlyMap<Witness, number>,
): FindingRecord {
  return { question, outcome, path, words, packets: packets.map((packet) => packetRecord(packet, numbers)) };
}

function packetRecord(witness: Witness, numbers: ReadonlyMap<Witness, number>): PacketRecord {
  const { frame, expected, words } = witness;
  const drop = "reason" in expected;
  return {
    frame: numbers.get(witness) ?? null,
    verdict: drop ? "drop" : "deliver",
    partition: drop ? null : expected.partition,
    binding: drop ? null : expected.binding,
    copies: drop ? [] : expected.copies,
    reason: drop ? expected.reason : null,
    device: frame.device ?? null,
    words,
    octets: Buffer.from(frame.bytes).toString("hex"),
  };
}

const ORDER: readonly Outcome[] = ["refuted", "undecided", "declared", "proved"];

/** Where words begin: behind the longest outcome. */
const INDENT = " ".repeat(12);
/** Packets of a finding that are shown in full. */
const MAX_SHOWN = 2;

function auditText(name: string, { findings }: Audit, numbers: ReadonlyMap<Witness, number>): string {
  const counts = ORDER.flatMap((outcome) => {
    const count = findings.filter((item) => item.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const worst = (items: readonly Finding[]): number => Math.min(...items.map(({ outcome }) => ORDER.indexOf(outcome)));
  const groups = Object.entries(QUESTIONS)
    .map(([question, words]) => ({ words, items: findings.filter((item) => item.question === question) }))
    .filter(({ items }) => items.length > 0)
    .sort((a, b) => Number(worst(a.items) > 0) - Number(worst(b.items) > 0));
  const parts = groups.map(({ words, items }) => {
    return [words, ...ORDER.flatMap((outcome) => outcomeText(items, outcome, numbers))].join("\n");
  });
  return [`${name}: ${counts.join(", ")}`, ...parts].join("\n\n");
}

// Of what is proved the first are enough; everything else is said.
function outcomeText(
  findings: readonly Finding[],
  outcome: Outcome,
  numbers: ReadonlyMap<Witness, number>,
): readonly string[] {
  const items = findings.filter((item) => item.outcome === outcome);
  const shown = outcome === "proved" ? items.slice(0, MAX_LISTED) : items;
  const more = items.length - shown.length;
  return [
    ...shown.flatMap((item) => findingText(item, numbers)),
    ...(more === 0 ? [] : [`  proved    … and ${more} more; --format jsonl has them all`]),
  ];
}

function findingText({ outcome, path, words, packets }: Finding, numbers: ReadonlyMap<Witness, number>): string[] {
  const frames = packets.flatMap((packet) => numbers.get(packet) ?? []);
  const written = frames.length === 0 ? "" : `  (${framesText(frames)})`;
  const shown = outcome === "declared" ? packets.slice(0, MAX_SHOWN) : [];
  const more = outcome === "declared" ? packets.length - shown.length : 0;
  return [
    `  ${outcome.padEnd(9)} ${path}${written}`,
    `${INDENT}${words}`,
    ...shown.map((packet) => `${INDENT}  ${packet.words}`),
    ...(more === 0 ? [] : [`${INDENT}  … and ${more} more`]),
  ];
}

// `frame 3`, `frames 3–7, 9`.
function framesText(frames: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const frame of [...new Set(frames)].sort((a, b) => a - b)) {
    const previous = runs.at(-1);
    if (previous !== undefined && previous[1] + 1 === frame) previous[1] = frame;
    else runs.push([frame, frame]);
  }
  const shown = runs.slice(0, MAX_LISTED).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return `${frames.length === 1 ? "frame" : "frames"} ${shown.join(", ")}${runs.length > MAX_LISTED ? " …" : ""}`;
}
