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
import { parseFiles, readOnce, sourceName } from "./usage.ts";

interface DecodeOptions {
  readonly doi?: readonly number[];
  readonly profile: Profile;
  readonly format: Format;
}

export function decodeCommand(): Command {
  return new Command("decode")
    .description("print what each frame says: addresses, ports, options, label, and whether it is well formed")
    .argument("<capture...>", "pcap or pcapng files; - is standard input", parseFiles)
    .option("--doi <list>", "the DOIs that are known, with commas between; left out, every one but 0", parseDois)
    .addOption(profileOption())
    .addOption(formatOption())
    .addHelpText("after", "\nExample: labelgate decode --doi 16 labelled.pcap | jq .label")
    .action(async (captures: string[], options: DecodeOptions, command: Command) => {
      readOnce(command, captures);
      if (!(await decode(captures, options))) process.exitCode = 1;
    });
}

/** `--profile`. */
function profileOption(): Option {
  return new Option("--profile <name>", "strict: by the standards; linux: as Linux accepts it")
    .choices(["strict", "linux"])
    .default("strict");
}

function parseDois(text: string, before: readonly number[] | undefined): readonly number[] {
  try {
    return [...(before ?? []), ...text.split(",").map((part) => parseDoi(part.trim()))];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

async function decode(captures: readonly string[], { doi, profile, format }: DecodeOptions): Promise<boolean> {
  const decoder = createDecoder(doi === undefined ? { profile } : { profile, dois: doi });
  const several = captures.length > 1;
  const lines = new Lines();
  let titled: string | undefined;
  const whole = await readAll(captures, async (batch, capture) => {
    if (format === "text" && several && capture !== titled) {
      lines.write(`${sourceName(capture)}:`);
      titled = capture;
    }
    for (const record of decoder.decode(batch)) {
      lines.write(format === "text" ? textLine(record) : JSON.stringify(several ? { ...record, capture } : record));
    }
    await lines.drained();
  });
  await lines.end();
  return whole;
}

function textLine(record: DecodeRecord): string {
  const { frame, time, vlan, src, dst, srcPort, dstPort, protocol, label, status, offset } = record;
  const port = (number: number | null): string => (number === null ? "" : ` ${number}`);
  const parts = [
    `${frame}`.padStart(6),
    time,
    vlan.length === 0 ? "" : `vlan ${vlan.join(",")}`,
    src === null ? "" : `${src}${port(srcPort)} → ${dst}${port(dstPort)}`,
    protocol === null ? "" : formatProtocol(protocol),
    label === null ? "" : labelText(label),
    offset === null ? status : `${status} at octet ${offset}`,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function labelText(label: LabelRecord): string {
  if (!("doi" in label)) return `ripso ${label.level} ${label.authorities.join("+") || "NONE"}`;
  const text = label.categories === "" ? `${label.level}` : `${label.level}:${label.categories}`;
  return `${label.scheme} ${text} doi ${label.doi}`;
}
