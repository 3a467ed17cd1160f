/**
 * What the page shows, as text for a link: compressed, bounded, and read as something a stranger wrote.
 *
 * @module
 */
import { MAX_CAPLEN } from "../frames.ts";
import { isWithin } from "../given.ts";
import { recordOf } from "../policy/report.ts";
import { REASONS, type ReasonName } from "../reason.ts";
import { MAX_EDITS } from "./edits.ts";
import type { Filter } from "./protocol.ts";
import { fromHex, toHex } from "./vector.ts";

/** Characters of a link's text: more is cut off on the way by some that carry links. */
export const MAX_LINK = 16_384;
/** Octets that it may come to when it is read. */
export const MAX_SHARED = 1_048_576;

/** The form; another one is not read. */
const FORM = "1.";

export interface Shared {
  /** The policy; `null`: the built-in one. */
  readonly policy: string | null;
  /** The capture it is about, which the link does not hold; `null`: the built-in one. */
  readonly capture: { readonly name: string; readonly size: number } | null;
  readonly frame: number;
  readonly filter: Filter;
  readonly edits: readonly { readonly frame: number; readonly bytes: Uint8Array }[];
}

/** The built-in capture by the built-in policy, nothing changed. */
export function plainView(frame: number): Shared {
  return { policy: null, capture: null, frame, filter: { by: "all" }, edits: [] };
}

/** The text of a link, or `null`: it would be longer than {@link MAX_LINK}. */
export async function writeShared(shared: Shared): Promise<string | null> {
  const edits = shared.edits.map(({ frame, bytes }) => [frame, toHex(bytes)]);
  const octets = new TextEncoder().encode(JSON.stringify({ ...shared, edits }));
  if (octets.length > MAX_SHARED) return null;
  const packed = await through(octets, new CompressionStream("deflate-raw"), Number.POSITIVE_INFINITY);
  const text = FORM + toBase64url(packed!);
  return text.length <= MAX_LINK ? text : null;
}

/** What a link says; `null`: it is none of ours, or not whole. */
export async function readShared(text: string): Promise<Shared | null> {
  if (!text.startsWith(FORM) || text.length > MAX_LINK) return null;
  try {
    const packed = fromBase64url(text.slice(FORM.length));
    const octets = await through(packed, new DecompressionStream("deflate-raw"), MAX_SHARED);
    return octets === null ? null : sharedOf(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets)));
  } catch {
    return null; // not base64, not deflate, not UTF-8 or not JSON: any of these is a link that is not ours
  }
}

function sharedOf(value: unknown): Shared | null {
  const { policy, capture, frame, filter, edits } = recordOf(value);
  if (policy !== null && typeof policy !== "string") return null;
  if (!isWithin(frame, 0xffff_ffff, 1) || !Array.isArray(edits) || edits.length > MAX_EDITS) return null;
  const read = edits.map((entry: unknown) => {
    const [at, hex] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const bytes = typeof hex === "string" ? fromHex(hex) : null;
    return isWithin(at, 0xffff_ffff, 1) && bytes !== null && bytes.length <= MAX_CAPLEN
      ? { frame: at as number, bytes }
      : null;
  });
  const which = filterOf(filter);
  if (which === null || read.includes(null)) return null;
  const { name, size } = recordOf(capture);
  const about = typeof name === "string" && typeof size === "number" ? { name, size } : null;
  if (capture !== null && about === null) return null;
  return {
    policy: policy as string | null,
    capture: about,
    frame: frame as number,
    filter: which,
    edits: read as { frame: number; bytes: Uint8Array }[],
  };
}

function filterOf(value: unknown): Filter | null {
  const { by, room, reason } = recordOf(value);
  if (by === "all") return { by };
  if (by === "room" && isWithin(room, 0xffff)) return { by, room: room as number };
  if (by === "reason" && REASONS.some(({ name }) => name === reason)) return { by, reason: reason as ReasonName };
  return null;
}

// What comes out of a stream, unless it is more than that.
async function through(
  octets: Uint8Array,
  stream: ReadableWritablePair<Uint8Array, BufferSource>,
  most: number,
): Promise<Uint8Array | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const source = new Blob([octets as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream);
  const reader = source.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > most) {
      await reader.cancel();
      return null;
    }
    pieces.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function toBase64url(octets: Uint8Array): string {
  const text = Array.from(octets, (octet) => String.fromCharCode(octet)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
