/**
 * What a gate does, while it runs: a line a partition, or a record a second.
 *
 * @module
 */
import type { GateStats } from "../live/gate.ts";
import { type Format, printable } from "./output.ts";

const CLEAR_BELOW = "\x1b[0J";

/** Draws over what it drew before. */
export class GateView {
  readonly #format: Format;
  #lines = 0;
  #before: GateStats | null = null;
  #at = performance.now();

  constructor(format: Format) {
    this.#format = format;
  }

  show(stats: GateStats): void {
    if (this.#format === "jsonl") {
      process.stdout.write(`${JSON.stringify(stats)}\n`);
      return;
    }
    const now = performance.now();
    const seconds = Math.max((now - this.#at) / 1000, 0.001);
    const lines = viewLines(stats, this.#before, seconds);
    this.clear();
    process.stdout.write(`${printable(lines.join("\n"))}\n`);
    this.#lines = lines.length;
    this.#before = stats;
    this.#at = now;
  }

  /** Takes away what was drawn, for a line that is to stay. */
  clear(): void {
    if (this.#lines > 0 && process.stdout.isTTY) process.stdout.write(`\x1b[${this.#lines}A${CLEAR_BELOW}`);
    this.#lines = 0;
  }
}

/** The view as lines: `seconds` since the counters before. */
export function viewLines(stats: GateStats, before: GateStats | null, seconds: number): string[] {
  const rate = (now: number, then: number | undefined): string => Math.round((now - (then ?? 0)) / seconds).toString();
  const rows = [["partition", "in", "in/s", "out", "out/s", "refused", "why"]];
  for (const [name, partition] of Object.entries(stats.partitions)) {
    const then = before?.partitions[name];
    const refusals = Object.entries(partition.refusals).sort((a, b) => b[1] - a[1]);
    const refused = refusals.reduce((sum, [, count]) => sum + count, 0);
    rows.push([
      name,
      `${partition.delivered}`,
      rate(partition.delivered, then?.delivered),
      `${partition.departed}`,
      rate(partition.departed, then?.departed),
      `${refused}`,
      refusals.length === 0 ? "" : refusals[0]![0],
    ]);
  }
  const { dropped, reasons } = stats.verdicts;
  const most = Object.entries(reasons).sort((a, b) => b[1]!.frames - a[1]!.frames)[0];
  rows.push([
    "dropped",
    `${dropped.frames}`,
    rate(dropped.frames, before?.verdicts.dropped.frames),
    "",
    "",
    "",
    most?.[0] ?? "",
  ]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number): boolean => column === 0 || column === 6;
  return rows.map((row) =>
    row
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}
