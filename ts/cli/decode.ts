/**
 * `labelgate decode`: what each frame says, without a policy.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { createDecoder, type DecodeRecord, type LabelRecord } from "../decode.ts";
import { parseDoi } from "../notation.ts";
import type { Profile } from "../policy/model.ts";
import { formatProtocol } from "../policy/ports.ts";
import { type Format, formatOption, Lines } from "./output.ts";
import { readAll } from "./source.ts";

interface DecodeOptions {
  readonly doi?: number[];
  readonly profile: Profile;
  readonly format: Format;
}

export function decodeCommand(): Command {
  return new Command("decode")
    .description("print what each frame says: addresses, ports, options, label, and whether it is well formed")
    .argument("<capture...>", "pcap or pcapng files; - is standard input")
    .option("--doi <list>", "the DOIs that are known, with commas between; left out, every one but 0", parseDois)
    .addOption(profileOption())
    .addOption(formatOption())
    .action(async (captures: string[], options: DecodeOptions) => {
      if (!(await decode(captures, options))) process.exitCode = 1;
    });
}

/** `--profile`. */
export function profileOption(): Option {
  return new Option("--profile <name>", "strict: by the standards; linux: as Linux accepts it")
    .choices(["strict", "linux"])
    .default("strict");
}

function parseDois(text: string): number[] {
  try {
    return text.split(",").map((part) => parseDoi(part.trim()));
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

async function decode(captures: readonly string[], { doi, profile, format }: DecodeOptions): Promise<boolean> {
  const decoder = createDecoder(doi === undefined ? { profile } : { profile, dois: doi });
  const lines = new Lines();
  const whole = await readAll(captures, async (batch, capture) => {
    for (const record of decoder.decode(batch)) {
      const named = captures.length > 1 ? { capture, ...record } : record;
      lines.write(format === "jsonl" ? JSON.stringify(named) : textLine(record, captures.length > 1 ? capture : null));
    }
    await lines.drained();
  });
  await lines.end();
  return whole;
}

function textLine(record: DecodeRecord, capture: string | null): string {
  const { frame, time, vlan, src, dst, srcPort, dstPort, protocol, label, status, offset } = record;
  const tags = vlan.length === 0 ? "" : `vlan ${vlan.join(",")} `;
  const port = (number: number | null): string => (number === null ? "" : ` ${number}`);
  const ends = src === null ? "" : `${src}${port(srcPort)} → ${dst}${port(dstPort)} `;
  const upper = protocol === null ? "" : `${formatProtocol(protocol)} `;
  const said = label === null ? "" : `${labelText(label)} `;
  const name = capture === null ? "" : `${capture} `;
  return `${name}${frame} ${time} ${tags}${ends}${upper}${said}${status}${offset === null ? "" : ` at ${offset}`}`;
}

/** A label as a person reads it. */
export function labelText(label: LabelRecord): string {
  if (!("doi" in label)) return `ripso ${label.level} ${label.authorities.join("+") || "NONE"}`;
  const text = label.categories === "" ? `${label.level}` : `${label.level}:${label.categories}`;
  return `${label.scheme ?? "host"} doi ${label.doi} label ${text}`;
}
