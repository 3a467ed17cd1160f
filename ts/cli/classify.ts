/**
 * `labelgate classify`: where each frame goes.
 *
 * @module
 */
import { Command } from "commander";
import type { Classifier } from "../classifier.ts";
import { type LabelRecord, labelRecord } from "../decode.ts";
import { borrow } from "../intake.ts";
import { classifierMetrics } from "../metrics.ts";
import { reasonNamed } from "../reason.ts";
import type { LabelSource, Target, Verdict } from "../verdict.ts";
import { type Format, formatOption, Lines, reportError } from "./output.ts";
import { classifierOf } from "./policy.ts";
import { readAll } from "./source.ts";
import { summaryText } from "./summary.ts";
import { parseFile, parseFiles, policyOption, readOnce, sourceName } from "./usage.ts";
import { refuseOutput, writeWhole } from "./whole-file.ts";

/** Where a frame goes, as a record. */
export interface VerdictRecord {
  /** Counted from 1 over the capture. */
  readonly frame: number;
  readonly verdict: "deliver" | "drop";
  readonly partition: string | null;
  readonly binding: string | null;
  /** Further partitions that get a copy. */
  readonly copies: readonly Target[];
  readonly reason: string | null;
  readonly label: LabelRecord | null;
  readonly labelSource: LabelSource | null;
  /** The rule that dropped it, and the octet of the frame to blame. */
  readonly rule: string | null;
  readonly offset: number | null;
}

interface ClassifyOptions {
  readonly policy: string;
  readonly format: Format;
  readonly metrics?: string;
}

export function classifyCommand(): Command {
  return new Command("classify")
    .description("judge every frame by a policy: where it is delivered, or why it is dropped")
    .argument("<capture...>", "pcap or pcapng files; - is standard input", parseFiles)
    .addOption(policyOption())
    .addOption(formatOption())
    .option("--metrics <file>", "writes the counters to this file at the end, as OpenMetrics text", parseFile)
    .addHelpText("after", "\nExample: labelgate classify labelled.pcap --policy policy.json --format text")
    .action(async (captures: string[], options: ClassifyOptions, command: Command) => {
      readOnce(command, [...captures, options.policy]);
      const { policy, format, metrics } = options;
      const refusal = metrics === undefined ? null : refuseOutput(metrics, [...captures, policy]);
      const classifier = refusal === null ? classifierOf(policy) : null;
      if (refusal !== null) reportError(refusal);
      if (classifier === null || !(await classify(captures, classifier, format))) process.exitCode = 1;
      if (classifier === null || metrics === undefined) return;
      const failure = writeWhole(metrics, classifierMetrics(classifier.stats()));
      if (failure === null) return;
      reportError(failure);
      process.exitCode = 1;
    });
}

async function classify(captures: readonly string[], classifier: Classifier, format: Format): Promise<boolean> {
  const lines = new Lines();
  const whole = await readAll(
    captures,
    async (batch, capture) => {
      if (format === "text") {
        classifier.dispatch(batch);
        return;
      }
      let frame = batch.first;
      for (const verdict of classifier.verdicts(batch)) {
        const record = verdictRecord(frame++, verdict);
        lines.write(JSON.stringify(captures.length > 1 ? { ...record, capture } : record));
      }
      await lines.drained();
    },
    () => borrow(classifier),
  );
  const stats = classifier.stats();
  if (format === "text" && (whole || stats.frames > 0))
    lines.write(summaryText(captures.map(sourceName).join(", "), stats));
  await lines.end();
  return whole;
}

/** A verdict as a record. */
export function verdictRecord(frame: number, verdict: Verdict): VerdictRecord {
  const { partition, binding, copies, reason, label, labelSource, labelScheme, offset } = verdict;
  return {
    frame,
    verdict: reason === null ? "deliver" : "drop",
    partition,
    binding,
    copies,
    reason,
    label: label === null ? null : labelRecord(label, labelScheme),
    labelSource,
    rule: reason === null ? null : reasonNamed(reason).rule,
    offset,
  };
}
