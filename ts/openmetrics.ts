/**
 * Counters as OpenMetrics 1.0 text.
 *
 * @module
 */

/** Labels of a sample, and its count. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Counters of one kind. The help ends without a full stop. */
export type Family = readonly [name: string, help: string, samples: readonly Sample[]];

/** What the text is, for a Content-Type header. */
export const CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export function openMetrics(families: readonly Family[]): string {
  const lines = families.flatMap(([name, help, samples]) => [
    `# TYPE ${name} counter`,
    `# HELP ${name} ${help}.`,
    ...samples.map(([labels, value]) => `${name}_total${format(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n# EOF\n`;
}

function format(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${quoted(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function quoted(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
