// Numbers and marks as the reports print them.
import type { RatioResult } from "../result.ts";

const THOUSAND = 1000;
const MILLION = 1e6;

/** Three significant digits, thousands grouped: 0.0123, 1.23, 12.3, 1,230. */
export function figure(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  const most = Math.abs(value) >= 100 ? 0 : digits;
  return rounded.toLocaleString("en-US", { minimumFractionDigits: most, maximumFractionDigits: most });
}

export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Million frames a second, of nanoseconds a frame. */
export function megaframes(perFrame: number): number {
  return THOUSAND / perFrame;
}

/** Million octets a second. */
export function megabytes(octets: number, nanoseconds: number): number {
  return (octets * THOUSAND) / nanoseconds;
}

/** 382 MB, 7.64 MB, 12.0 kB. */
export function size(octets: number): string {
  if (octets >= MILLION) return `${figure(octets / MILLION)} MB`;
  return octets >= THOUSAND ? `${figure(octets / THOUSAND)} kB` : `${octets} octets`;
}

/** A mark of an axis: no more digits than it needs; 1,000, 10 k, 1 M. */
export function tickFigure(value: number): string {
  if (value >= MILLION) return `${tickFigure(value / MILLION)} M`;
  if (value >= 10 * THOUSAND) return `${tickFigure(value / THOUSAND)} k`;
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

/** `≤ 1.35`. */
export function bound({ good }: Pick<RatioResult, "good">, value: number): string {
  return `${good === "small" ? "≤" : "≥"} ${value}`;
}

/** What a ratio came to, in words. */
export function mark(ratio: RatioResult): string {
  if ("reason" in ratio) return "not measured";
  switch (ratio.verdict) {
    case "goal met":
      return "goal met";
    case "floor met":
      return "floor met";
    case "not met":
      return "NOT MET";
    case null:
      return "not judged";
  }
}
