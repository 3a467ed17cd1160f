/**
 * Counters as a table with bars.
 *
 * @module
 */
import Table from "cli-table3";
import type { Count, Stats } from "../counts.ts";
import { type ReasonName, reasonNamed } from "../reason.ts";

const BAR_WIDTH = 24;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Where the frames went: by partition and binding, and the drops by reason. */
export function summaryText(title: string, stats: Stats): string {
  const table = new Table({
    head: ["", "frames", "bytes", "share", ""],
    colAligns: ["left", "right", "right", "right", "left"],
    style: { head: [], border: [] },
    chars: NO_LINES,
  });
  const row = (name: string, count: Count): void => {
    const share = stats.frames === 0 ? 0 : count.frames / stats.frames;
    table.push([name, grouped(count.frames), grouped(count.bytes), percent(share), bar(share)]);
  };
  for (const [name, count] of Object.entries(stats.partitions)) {
    row(name, count);
    for (const [binding, bound] of Object.entries(count.bindings)) row(`  ${name}/${binding}`, bound);
  }
  row("delivered", stats.delivered);
  if (stats.copies.frames > 0) row("  further copies", stats.copies);
  row("dropped", stats.dropped);
  const reasons = (Object.entries(stats.reasons) as [ReasonName, Count][]).sort(([, a], [, b]) => b.frames - a.frames);
  for (const [name, count] of reasons) row(`  ${name}`, count);

  const sentences = reasons.map(([name]) => {
    const { sentence, rule } = reasonNamed(name);
    return `  ${name}: ${sentence} (${rule})`;
  });
  const head = `${title}: ${grouped(stats.frames)} frames, ${grouped(stats.delivered.frames)} delivered, ${grouped(stats.dropped.frames)} dropped`;
  const rows = table.toString().replace(/ +$/gm, "");
  const { followed, refused } = stats.displaced;
  const displaced = `  ${grouped(followed)} datagrams were no longer followed, and ${grouped(refused)} refused ones forgotten: too many at once`;
  if (followed + refused > 0) sentences.push(displaced);
  return [head, "", rows, ...(sentences.length === 0 ? [] : ["", ...sentences])].join("\n");
}

// No lines between cells, two blanks instead.
const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function percent(share: number): string {
  return share > 0 && share < 0.0005 ? "<0.1 %" : `${(share * 100).toFixed(1)} %`;
}

function bar(share: number): string {
  const eighths = Math.round(share * BAR_WIDTH * 8);
  const rest = share > 0 && eighths === 0 ? 1 : eighths % 8;
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[rest];
}
