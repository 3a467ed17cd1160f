/**
 * `labelgate explain`: how one frame is decided, step by step, over its octets.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Classifier } from "../classifier.ts";
import { CaptureError } from "../errors.ts";
import type { Explanation } from "../explain/explanation.ts";
import { batchOf, frameOf } from "../frames.ts";
import type { Span } from "../packet.ts";
import { verdictRecord } from "./classify.ts";
import { hexDump } from "./hexdump.ts";
import { type Format, Lines, reportError } from "./output.ts";
import { classifierOf } from "./policy.ts";
import { batchesOf, reportCapture } from "./source.ts";
import { parseFile, policyOption, readOnce, sourceName } from "./usage.ts";

interface ExplainOptions {
  readonly frame: number;
  readonly policy: string;
  readonly format: Format;
}

export function explainCommand(): Command {
  return new Command("explain")
    .description("explain how one frame is decided: each step, its rule, its octets, the policy's entry")
    .argument("<capture>", "a pcap or pcapng file; - is standard input", parseFile)
    .requiredOption("--frame <number>", "the frame, counted from 1", parseFrame)
    .addOption(policyOption())
    .addOption(new Option("--format <form>", "how to print").choices(["text", "jsonl"]).default("text"))
    .addHelpText("after", "\nExample: labelgate explain labelled.pcap --frame 30 --policy policy.json")
    .action(async (capture: string, options: ExplainOptions, command: Command) => {
      readOnce(command, [capture, options.policy]);
      const classifier = classifierOf(options.policy);
      if (classifier === null || !(await explain(capture, classifier, options))) process.exitCode = 1;
    });
}

function parseFrame(text: string): number {
  const frame = /^\d{1,15}$/.test(text) ? Number(text) : 0;
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
      const before = Array.from({ length: row }, (_, i) => frameOf(batch, i));
      classifier.dispatch(batchOf(before));
      const { bytes, ...asked } = frameOf(batch, row);
      const lines = new Lines();
      lines.write(explanationText(frame, bytes, classifier.explain(bytes, asked), format));
      await lines.end();
      return true;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    reportCapture(capture, error);
    return false;
  }
  const has = last === 0 ? "the capture has no frames" : `there is no frame ${frame}; the last is ${last}`;
  reportError(`${sourceName(capture)}: ${has}`);
  return false;
}

function explanationText(frame: number, bytes: Uint8Array, explanation: Explanation, format: Format): string {
  const { verdict, steps } = explanation;
  if (format === "jsonl") return JSON.stringify({ ...verdictRecord(frame, verdict), steps });
  const { partition, binding, reason } = verdict;
  const to =
    reason === null ? `delivered to ${partition}${binding === null ? "" : `/${binding}`}` : `dropped, ${reason}`;
  const lines = [`frame ${frame}: ${to}`, ""];
  for (const { step, title, outcome, words, span, path, rule, clause } of steps) {
    const mark = outcome === "pass" ? "✓" : "✗";
    const why = rule === clause ? rule : `${rule}, ${clause}`;
    const where = [span === null ? "" : spanText(span), path ?? "", why].filter((part) => part !== "");
    lines.push(`${mark} ${`${step}`.padStart(2)} ${title.padEnd(20)} ${words}`);
    lines.push(`${" ".repeat(26)}${where.join(" · ")}`);
  }
  return [...lines, "", hexDump(bytes, steps.at(-1)?.span ?? null)].join("\n");
}

function spanText({ offset, length }: Span): string {
  const octets = length === 1 ? `octet ${offset}` : `octets ${offset}–${offset + length - 1}`;
  return `${octets} (0x${offset.toString(16).padStart(2, "0")})`;
}
