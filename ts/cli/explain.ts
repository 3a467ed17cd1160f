/**
 * `labelgate explain`: how one frame is decided, step by step, over its octets.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import type { Classifier } from "../classifier.ts";
import { CaptureError } from "../errors.ts";
import type { Explanation } from "../explain.ts";
import { batchOf } from "../frames.ts";
import { hexDump } from "./hexdump.ts";
import { type Format, formatOption, Lines, reportError } from "./output.ts";
import { classifierOf } from "./policy-option.ts";
import { batchesOf } from "./source.ts";

interface ExplainOptions {
  readonly frame: number;
  readonly policy: string;
  readonly format: Format;
}

export function explainCommand(): Command {
  return new Command("explain")
    .description("explain how one frame is decided: each step, its rule, its octets, the policy's entry")
    .argument("<capture>", "a pcap or pcapng file; - is standard input")
    .requiredOption("--frame <number>", "the frame, counted from 1", parseFrame)
    .requiredOption("--policy <file>", "the policy")
    .addOption(formatOption())
    .action(async (capture: string, options: ExplainOptions) => {
      const classifier = classifierOf(options.policy);
      if (classifier === null || !(await explain(capture, classifier, options))) process.exitCode = 1;
    });
}

function parseFrame(text: string): number {
  const frame = /^\d+$/.test(text) ? Number(text) : 0;
  if (frame >= 1) return frame;
  throw new InvalidArgumentError("expected a number, 1 or above");
}

async function explain(capture: string, classifier: Classifier, { frame, format }: ExplainOptions): Promise<boolean> {
  let last = 0;
  try {
    for await (const batch of batchesOf(capture)) {
      last = batch.first + batch.count - 1;
      if (last < frame) {
        classifier.dispatch(batch); // fragments are judged by what came before
        continue;
      }
      const row = frame - batch.first;
      const inputs = Array.from({ length: row + 1 }, (_, i) => ({
        bytes: batch.octets(i),
        linkType: batch.linkType(i),
        wireLength: batch.wireLength(i),
        seconds: batch.seconds(i),
        nanoseconds: batch.nanoseconds(i),
      }));
      const { bytes, ...asked } = inputs[row]!;
      classifier.dispatch(batchOf(inputs.slice(0, row)));
      await print(frame, bytes, classifier.explain(bytes, asked), format);
      return true;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    reportError(`${capture}: ${error.message}`);
    return false;
  }
  reportError(`${capture}: there is no frame ${frame}; the last is ${last}`);
  return false;
}

async function print(frame: number, bytes: Uint8Array, explanation: Explanation, format: Format): Promise<void> {
  const lines = new Lines();
  lines.write(
    format === "jsonl" ? JSON.stringify({ frame, ...explanation }) : explanationText(frame, bytes, explanation),
  );
  await lines.end();
}

function explanationText(frame: number, bytes: Uint8Array, { verdict, steps }: Explanation): string {
  const { partition, binding, reason } = verdict;
  const to =
    reason === null ? `delivered to ${partition}${binding === null ? "" : `/${binding}`}` : `dropped, ${reason}`;
  const lines = [`frame ${frame}: ${to}`, ""];
  for (const { step, title, outcome, words, span, path, rule, clause } of steps) {
    const mark = outcome === "pass" ? "✓" : "✗";
    const where = [
      span === null ? "" : `octets ${span.offset}–${span.offset + span.length - 1}`,
      path ?? "",
      outcome === "drop" ? `${rule}, ${clause}` : "",
    ].filter((part) => part !== "");
    lines.push(`${mark} ${`${step}`.padStart(2)} ${title.padEnd(20)} ${words}`);
    if (where.length > 0) lines.push(`${" ".repeat(26)}${where.join(" · ")}`);
  }
  const deciding = steps.at(-1)?.span ?? null;
  return [...lines, "", hexDump(bytes, deciding)].join("\n");
}
