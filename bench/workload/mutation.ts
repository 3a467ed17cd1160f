// Genomes next to a genome: one gene is another, or one option or header more or less.
import { type Genome, type HeaderGene, isLabel, LABEL, type LabelGene, type OptionGene } from "./genome.ts";

type Next = (below: number) => number;

const MAX_HEADERS = 12;
const MAX_OPTIONS = 40; // in one header
const TCP_UDP_ICMP = [6, 17, 1];
const SIZES = [64, 64, 590, 1514];
const PIECES = [0, 0, 1, 2, 8, 32, 40];
const LIVE = [1, 16, 256, 1024, 2048];
const BOUNDS = [0, 8, 239, 1023, 2047, 2048, 4096, 32_768, 65_534];
const BITMAPS = [0, 1, 8, 16, 29, 30, 64, 124, 188, 244];

function pick<T>(values: readonly T[], next: Next): T {
  return values[next(values.length)]!;
}

/** One to three changes. */
export function mutate(genome: Genome, next: Next): Genome {
  let changed = genome;
  for (let times = 1 + next(3); times > 0; times--) changed = change(changed, next);
  return changed;
}

/** The options or headers of the second, all else of the first, if both are of one version. */
export function cross(genome: Genome, other: Genome): Genome {
  if (genome.version !== other.version) return genome;
  return { ...genome, options: other.options, headers: other.headers };
}

function change(genome: Genome, next: Next): Genome {
  switch (next(12)) {
    case 0:
      return { ...genome, tags: next(9) };
    case 1:
      return { ...genome, sender: pick(["known", "one", "unlabelled", "unknown"] as const, next) };
    case 2:
      return { ...genome, destination: pick(["shared", "owned", "group", "foreign"] as const, next) };
    case 3:
      return {
        ...genome,
        protocol: pick(TCP_UDP_ICMP, next),
        port: pick(["named", "multilevel", "any"] as const, next),
      };
    case 4:
      return { ...genome, pieces: pick(PIECES, next), live: pick(LIVE, next) };
    case 5:
      return { ...genome, size: pick(SIZES, next) };
    default:
      if (genome.version === 4) return { ...genome, options: changeOptions(genome.options, 4, next) };
      return { ...genome, headers: changeHeaders(genome.headers, next) };
  }
}

function changeHeaders(headers: readonly HeaderGene[], next: Next): HeaderGene[] {
  const at = next(headers.length + 1);
  const header = headers[at];
  const way = next(6);
  if ((header === undefined || way === 0) && headers.length < MAX_HEADERS) {
    return headers.toSpliced(at, 0, { kind: at === 0 ? "hop" : kindOf(next), options: changeOptions([], 6, next) });
  }
  if (header === undefined || way === 1) return headers.toSpliced(at, 1);
  if (way === 2 && headers.length < MAX_HEADERS) return headers.toSpliced(at, 0, { ...header, kind: kindOf(next) });
  if (way === 3) return headers.map((_, i) => ({ ...header, kind: i === 0 ? ("hop" as const) : kindOf(next) }));
  return headers.with(at, { ...header, options: changeOptions(header.options, 6, next) });
}

function kindOf(next: Next): HeaderGene["kind"] {
  return pick(["destination", "destination", "destination", "routing", "authentication", "atomic", "fragment"], next);
}

function changeOptions(options: readonly OptionGene[], version: 4 | 6, next: Next): OptionGene[] {
  const at = next(options.length + 1);
  const option = options[at];
  const way = next(6);
  if ((option === undefined || way === 0) && options.length < MAX_OPTIONS) {
    return options.toSpliced(at, 0, optionOf(version, next));
  }
  if (option === undefined || way === 1) return options.toSpliced(at, 1);
  if (way === 2 && options.length < MAX_OPTIONS) return options.toSpliced(at, 0, option);
  if (way === 3 && 2 * options.length <= MAX_OPTIONS) return [...options, ...options.filter((item) => !isLabel(item))];
  return options.with(at, isLabel(option) ? changeLabel(option, version, next) : optionOf(version, next));
}

function optionOf(version: 4 | 6, next: Next): OptionGene {
  if (next(4) === 0) return changeLabel({ ...LABEL, kind: version === 4 ? "tag1" : "calipso" }, version, next);
  if (version === 6) {
    return pick(
      [{ kind: "pad", size: 1 + next(7) } as const, { kind: "skip", size: 2 + next(8) } as const, PADN],
      next,
    );
  }
  return pick(
    [{ kind: "pad", size: 1 + next(8) } as const, { kind: "skip", size: 2 + next(8) } as const, BASIC, ESO],
    next,
  );
}

const PADN = { kind: "padn", size: 7 } as const;
const BASIC = { kind: "basic", size: 4 } as const;
const ESO = { kind: "extended", size: 3 } as const;

function changeLabel(label: LabelGene, version: 4 | 6, next: Next): LabelGene {
  switch (next(6)) {
    case 0:
      if (version === 6) return { ...label, size: pick(BITMAPS, next) };
      return {
        ...label,
        ...pick(
          [
            { kind: "tag1", size: 30 },
            { kind: "tag2", size: 15 },
            { kind: "tag5", size: 7 },
          ],
          next,
        ),
      } as LabelGene;
    case 1: {
      const [from, to] = [pick(BOUNDS, next), pick(BOUNDS, next)].sort((a, b) => a - b) as [number, number];
      return to - from < 64 ? label : { ...label, from, to };
    }
    case 2:
      return { ...label, bits: pick(["few", "half", "all"] as const, next) };
    case 3:
      return { ...label, labels: pick([0, 0, 1, 64, "bound"] as const, next) };
    case 4:
      return { ...label, doi: pick(["own", "renumbered"] as const, next), broken: next(4) === 0 };
    default:
      if (label.kind === "calipso" || label.kind === "tag1") return label;
      return { ...label, size: 1 + next(label.kind === "tag2" ? 15 : 7) };
  }
}
