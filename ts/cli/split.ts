/**
 * `labelgate split`: a capture for each partition, and one of the drops that says why.
 *
 * @module
 */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { MAX_PCAPNG_SECONDS, PcapngWriter } from "../capture/write.ts";
import type { Classifier } from "../classifier.ts";
import type { FrameBatch } from "../frames.ts";
import { REASONS } from "../reason.ts";
import type { DeliveredFrame } from "../sink.ts";
import { Lines, reportError } from "./output.ts";
import { classifierOf } from "./policy-option.ts";
import { readAll } from "./source.ts";
import { summaryText } from "./summary.ts";

const DROPPED = "dropped";
/** A whole second that a pcapng time can hold with any nanosecond. */
const LATEST = MAX_PCAPNG_SECONDS - 1;

interface SplitOptions {
  readonly policy: string;
  readonly out: string;
  readonly force?: boolean;
}

export function splitCommand(): Command {
  return new Command("split")
    .description("write a pcapng for each partition, and dropped.pcapng whose packet comments say why")
    .argument("<capture...>", "pcap or pcapng files; - is standard input")
    .requiredOption("--policy <file>", "the policy")
    .requiredOption("--out <dir>", "the folder to write to; made when it is not there")
    .option("--force", "overwrite files that are there")
    .action(async (captures: string[], options: SplitOptions) => {
      const classifier = classifierOf(options.policy);
      if (classifier === null || !(await split(captures, classifier, options))) process.exitCode = 1;
    });
}

async function split(
  captures: readonly string[],
  classifier: Classifier,
  { out, force }: SplitOptions,
): Promise<boolean> {
  const names = [...classifier.partitions, DROPPED];
  const there = names.map((name) => join(out, `${name}.pcapng`)).filter((path) => existsSync(path));
  if (there.length > 0 && force !== true) {
    reportError(`${there.join(", ")}: there already; --force overwrites`);
    return false;
  }
  const parts = new Map<string, Part>();
  try {
    mkdirSync(out, { recursive: true });
    for (const name of names) parts.set(name, new Part(join(out, `${name}.pcapng`)));
  } catch (error) {
    reportError(`${out}: cannot be written: ${(error as Error).message}`);
    return false;
  }
  for (const name of classifier.partitions) {
    const part = parts.get(name)!;
    classifier.register(name, (delivery) => {
      for (const frame of delivery) part.write(frame, delivery.batch, captureNumber);
    });
  }
  const drops = parts.get(DROPPED)!;
  classifier.registerDrops((delivery) => {
    for (const frame of delivery) drops.write(frame, delivery.batch, captureNumber, dropComment(frame));
  });

  let captureNumber = 0;
  let whole = true;
  for (const [i, capture] of captures.entries()) {
    captureNumber = i;
    if (!(await readAll([capture], (batch) => classifier.dispatch(batch)))) whole = false;
  }
  for (const part of parts.values()) part.end();
  const lines = new Lines();
  lines.write(summaryText(`${captures.join(" ")} → ${out}`, classifier.stats()));
  await lines.end();
  return whole;
}

function dropComment({ verdict: { reason, offset } }: DeliveredFrame): string {
  const { sentence, rule } = REASONS.find(({ name }) => name === reason)!;
  return `${reason} (${rule}): ${sentence}; octet ${offset}`;
}

/** One of the captures that are written. */
class Part {
  readonly #writer: PcapngWriter;
  /** Interfaces as they were added, by capture and interface there. */
  readonly #interfaces = new Map<string, number>();

  constructor(path: string) {
    writeFileSync(path, "");
    this.#writer = new PcapngWriter((chunk) => appendFileSync(path, chunk), { application: "labelgate split" });
  }

  write(frame: DeliveredFrame, batch: FrameBatch, capture: number, comment?: string): void {
    this.#writer.packet(frame.bytes, {
      interface: this.#interfaceOf(batch.interfaceOf(frame.row), batch, capture),
      seconds: Math.min(Math.max(frame.seconds, 0), LATEST), // what pcapng holds
      nanoseconds: frame.nanoseconds,
      wireLength: frame.wireLength,
      ...(comment === undefined ? {} : { comment }),
    });
  }

  #interfaceOf(index: number, { interfaces }: FrameBatch, capture: number): number {
    const key = `${capture}/${index}`;
    let added = this.#interfaces.get(key);
    if (added === undefined) {
      const { linkType, name, snapLength } = interfaces[index]!;
      added = this.#writer.addInterface({ linkType, snapLength, ...(name === null ? {} : { name }) });
      this.#interfaces.set(key, added);
    }
    return added;
  }

  end(): void {
    this.#writer.flush();
  }
}
