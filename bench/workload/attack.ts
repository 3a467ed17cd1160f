// Frames as a genome says.
import { randoms } from "../prefixes.ts";
import { type Genome, type HeaderGene, isLabel } from "./genome.ts";
import { writeOption } from "./option.ts";
import { FOREIGN4, FOREIGN6, MULTILEVEL_PORTS, OWNED4, OWNED6, PORTS, SHARED4, SHARED6 } from "./policy.ts";
import { GROUPS, RENUMBERED4, RENUMBERED6, type Target } from "./target.ts";
import { Writer } from "./writer.ts";

/** Longest frame that is sent: an Ethernet frame with a VLAN tag. */
export const MAX_OCTETS = 1518;

const SEED = 1;
const FIXED4 = 20;
const MAX_OPTIONS = 40;
const MAX_HEADER = 2048; // octets of an extension header
const TRANSPORT = 8; // octets
const GAP = 16; // octets from one piece to the next; every other 8 are sent
const PIECE = 8;
const HOP = 0;
const TYPES = { hop: HOP, destination: 60, routing: 43, authentication: 51, atomic: 44, fragment: 44 };

/** A capture of so many frames. Deterministic. */
export function attackOf(genome: Genome, frames: number, target: Target, seed: number = SEED): Uint8Array {
  const out = new Writer(frames * (genome.size + 128));
  const next = randoms(seed);
  for (let frame = 0; frame < frames; frame++) {
    const before = out.at;
    const drawing = { target, piece: pieceOf(genome, frame), next };
    if (genome.version === 4) write4(out, genome, drawing);
    else write6(out, genome, drawing);
    if (out.at - before > MAX_OCTETS + 16) throw new RangeError(`a frame of ${out.at - before - 16} octets`);
  }
  return out.capture();
}

type Next = (below: number) => number;

/** What a frame is drawn from. */
export interface Drawing {
  readonly target: Target;
  /** `null`: it is no fragment. */
  readonly piece: Piece | null;
  readonly next: Next;
}

/** A piece of a datagram: the first is at the beginning, the others come from the last on. */
export interface Piece {
  readonly id: number;
  readonly offset: number;
}

function pieceOf({ pieces, live }: Genome, frame: number): Piece | null {
  if (pieces === 0) return null;
  const turn = Math.floor(frame / live);
  const index = turn % pieces;
  return { id: Math.floor(turn / pieces) * live + (frame % live), offset: index === 0 ? 0 : GAP * (pieces - index) };
}

function isRenumbered({ options, headers }: Genome): boolean {
  const all = [...options, ...headers.flatMap((header) => header.options)];
  return all.some((option) => isLabel(option) && option.doi === "renumbered");
}

function senderOf(genome: Genome, { target: { senders }, piece, next }: Drawing): Uint8Array {
  const { sender, version } = genome;
  const labelled = version === 4 ? senders.labelled4 : senders.labelled6;
  if (piece !== null && sender === "known") return labelled[piece.id % labelled.length]!;
  if (isRenumbered(genome)) {
    return version === 4
      ? Uint8Array.of(...RENUMBERED4, next(256), next(256))
      : Uint8Array.from({ length: 16 }, (_, i) => (i < 4 ? RENUMBERED6[i]! : next(256)));
  }
  if (sender === "unknown") {
    return version === 4
      ? Uint8Array.of(241 + next(14), next(256), next(256), next(256))
      : Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 0x3f : next(256)));
  }
  if (sender === "one") return labelled[0]!;
  const from = sender === "known" ? labelled : version === 4 ? senders.unlabelled4 : senders.unlabelled6;
  return from[next(from.length)]!;
}

function destinationOf({ destination, version }: Genome): Uint8Array {
  if (destination === "group") return GROUPS[version === 4 ? 0 : 1]!;
  if (destination === "owned") return version === 4 ? OWNED4 : OWNED6;
  if (destination === "foreign") return version === 4 ? FOREIGN4 : FOREIGN6;
  return version === 4 ? SHARED4[0]! : SHARED6[0]!;
}

function portOf({ port }: Genome, next: Next): number {
  if (port === "named") return PORTS[next(PORTS.length)]!;
  return port === "multilevel" ? MULTILEVEL_PORTS[next(MULTILEVEL_PORTS.length)]! : 1 + next(65_535);
}

function protocolOf({ version, protocol }: Genome): number {
  return version === 6 && protocol === 1 ? 58 : protocol;
}

function finish(out: Writer, genome: Genome, { piece, next }: Drawing): void {
  if (piece === null || piece.offset === 0) {
    const protocol = protocolOf(genome);
    const transport = out.at;
    out.transport(protocol, 1 + next(65_535), portOf(genome, next));
    if (piece !== null) out.at = transport + PIECE;
  } else out.at += PIECE;
  out.close(piece === null ? genome.size : 0, 0);
}

function write4(out: Writer, genome: Genome, drawing: Drawing): void {
  const { piece } = drawing;
  out.open4(genome.tags, protocolOf(genome), senderOf(genome, drawing), destinationOf(genome));
  const end = out.ip + FIXED4 + MAX_OPTIONS;
  for (const option of genome.options) writeOption(out, option, end, drawing);
  out.closeOptions();
  if (piece !== null) {
    const field = 0x2000 | (piece.offset >> 3); // more to come
    out.bytes[out.ip + 4] = piece.id >> 8;
    out.bytes[out.ip + 5] = piece.id;
    out.bytes[out.ip + 6] = field >> 8;
    out.bytes[out.ip + 7] = field;
  }
  finish(out, genome, drawing);
}

function write6(out: Writer, genome: Genome, drawing: Drawing): void {
  const { headers } = genome;
  const typeOf = (i: number): number => (i < headers.length ? TYPES[headers[i]!.kind] : protocolOf(genome));
  out.open6(genome.tags, typeOf(0), senderOf(genome, drawing), destinationOf(genome));
  const end = out.ip + MAX_OCTETS - 14 - 4 * genome.tags - TRANSPORT - 12;
  let left = 8 * headers.length; // octets that the headers still to come need at least
  for (const [i, header] of headers.entries()) {
    const from = out.at;
    left -= 8;
    if (from + left + 8 > end) break;
    out.openHeader(typeOf(i + 1));
    writeHeader(out, header, Math.min(end - left - 8, from + MAX_HEADER - 8), drawing);
    if (header.kind === "hop" || header.kind === "destination") out.closeHeader(from);
    else out.at = from + 8;
  }
  finish(out, genome, drawing);
}

function writeHeader(out: Writer, header: HeaderGene, end: number, drawing: Drawing): void {
  const { piece } = drawing;
  if (header.kind === "fragment" && piece !== null) {
    const field = piece.offset | 1; // more to come
    out.octets([field >> 8, field, piece.id >> 24, piece.id >> 16, piece.id >> 8, piece.id]);
  }
  if (header.kind !== "hop" && header.kind !== "destination") return;
  for (const option of header.options) writeOption(out, option, end, drawing);
}
