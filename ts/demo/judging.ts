/**
 * A capture judged by a policy, as the page's worker keeps it: a room and a reason for each frame, and everything else read
 * again from the capture when it is asked for. What is bad, a capture or a policy, changes nothing.
 *
 * @module
 */
import { lowerBound } from "../ascending.ts";
import { createDecoder, type DecodeRecord } from "../decode.ts";
import { batchOf, type FrameInput } from "../frames.ts";
import { readPolicyText } from "../policy/text.ts";
import { MAX_EDITS } from "./edits.ts";
import {
  explain,
  type Judged,
  judge,
  type Progress,
  Refusal,
  readOctets,
  rejudge,
  rulesOf,
  type Source,
} from "./judged.ts";
import { measure } from "./measure.ts";
import { MAX_MOVES, type Moved, movesBetween, shiftsOf, type Whereabouts } from "./moves.ts";
import { MAX_CAPTURE } from "./places.ts";
import { notesOf, textOf } from "./policy-view.ts";
import type { Census, Edit, Filter, Inspection, Measure, Move, Opened, PolicyOutcome, Row, Rows } from "./protocol.ts";

/** Octets that are read at once for lines of the list; frames further apart are read one by one. */
const MAX_STRETCH = 1_048_576;
/** Frames that are looked at for a step of the overview. */
const SAMPLES = 64;

export class Judging {
  #judged: Judged | null = null;
  /** What was filtered last. */
  #list: { readonly key: string; readonly frames: Uint32Array } | null = null;

  /** Judges a capture. @throws {Refusal} the capture has no frames, the policy has problems, or an edit does not fit */
  async open(
    { capture, name, policy, edits }: Source & { policy: string; edits: readonly Edit[] },
    progress: Progress = () => {},
  ): Promise<Opened> {
    const text = readPolicyText(policy);
    if (text.policy === null) throw new Refusal(`the policy has ${text.problems.length} problems`);
    if (capture.size > MAX_CAPTURE) throw new Refusal(`${name}: larger than 4 GiB; the command line takes any size`);
    const captured = await judge({ capture, name }, rulesOf(text), new Map(), progress);
    const { took, error, rules, places } = captured;
    if (places.count === 0) throw new Refusal(`${name}: ${error ?? "the capture has no frames"}`);
    const judged = await edited(captured, edits);
    this.#enter(judged);
    return {
      capture: { name, size: capture.size, error, took },
      policy: rules.view,
      notes: notesOf(text, policy.length),
      census: judged.counting.census(),
    };
  }

  /** Judges the capture by another policy, unless that has problems. */
  async policy({ text }: { text: string }, progress: Progress = () => {}): Promise<PolicyOutcome> {
    const read = readPolicyText(text);
    const notes = notesOf(read, text.length);
    if (read.policy === null) return { accepted: false, notes };
    const before = this.#current;
    const after = await judge(before, rulesOf(read), before.edits, progress);
    const moves = movesBetween(whereabouts(before), whereabouts(after));
    this.#enter(after);
    const explained: Move[] = [];
    for (const move of moves.slice(0, MAX_MOVES)) explained.push({ ...move, why: await this.#whyNow(move) });
    return {
      accepted: true,
      notes,
      policy: after.rules.view,
      census: after.counting.census(),
      moved: moves.reduce((sum, { count }) => sum + count, 0),
      shifts: shiftsOf(moves),
      moves: explained,
    };
  }

  /** Lines of the list. */
  async rows({ filter, first, count }: { filter: Filter; first: number; count: number }): Promise<Rows> {
    const judged = this.#current;
    const list = this.#listOf(judged, filter);
    const total = list?.length ?? judged.places.count;
    const from = Math.min(Math.max(first, 0), total);
    const indexes = Array.from({ length: Math.min(count, total - from) }, (_, i) => list?.[from + i] ?? from + i);
    const frames = await readFrames(judged, indexes);
    const rows = recordsOf(judged, frames).map(
      (record, i): Row => ({
        frame: indexes[i]! + 1,
        room: judged.columns.room(indexes[i]!),
        reason: judged.columns.reason(indexes[i]!),
        edited: judged.edits.has(indexes[i]! + 1),
        record: { ...record, frame: indexes[i]! + 1 },
        label: labelOf(record),
      }),
    );
    return { total, rows };
  }

  /** Where in the list a frame is. */
  find({ filter, frame }: { filter: Filter; frame: number }): {
    position: number;
    frame: number | null;
    total: number;
  } {
    const judged = this.#current;
    const list = this.#listOf(judged, filter);
    const total = list?.length ?? judged.places.count;
    if (total === 0) return { position: 0, frame: null, total };
    const position = Math.min(list === null ? frame - 1 : lowerBound(list, frame - 1), total - 1);
    return { position, frame: (list?.[position] ?? position) + 1, total };
  }

  /** Everything about one frame. @throws {Refusal} there is no such frame */
  async inspect({ frame }: { frame: number }): Promise<Inspection> {
    const judged = this.#current;
    requireFrame(judged, frame);
    const [input] = await readFrames(judged, [frame - 1]);
    const captured = judged.edits.has(frame) ? await readOctets(judged, frame - 1) : null;
    const explanation = await explain(judged, frame - 1, input!);
    const { label } = explanation.verdict;
    return {
      frame,
      room: judged.columns.room(frame - 1),
      bytes: input!.bytes,
      original: captured,
      record: { ...recordsOf(judged, [input!])[0]!, frame },
      explanation,
      labelText: label === null ? null : textOf(label, judged.rules.policy),
    };
  }

  /** Gives frames other octets, or their own again. @throws {Refusal} an edit does not fit its frame */
  async edit({ edits }: { edits: readonly Edit[] }): Promise<{ census: Census; edited: readonly number[] }> {
    const judged = await edited(this.#current, edits);
    this.#enter(judged);
    return { census: judged.counting.census(), edited: [...judged.edits.keys()].sort((x, y) => x - y) };
  }

  /** Rooms along the list: of each step the one that most of its frames are in, of {@link SAMPLES} that are looked at. */
  ticks({ filter, steps }: { filter: Filter; steps: number }): { total: number; rooms: Uint16Array<ArrayBuffer> } {
    const judged = this.#current;
    const list = this.#listOf(judged, filter);
    const total = list?.length ?? judged.places.count;
    const rooms = new Uint16Array(Math.min(steps, total)).map((_, step) => {
      const from = Math.floor((step * total) / Math.min(steps, total));
      const to = Math.max(Math.floor(((step + 1) * total) / Math.min(steps, total)), from + 1);
      const stride = Math.max(Math.floor((to - from) / SAMPLES), 1);
      const seen = new Map<number, number>();
      for (let at = from; at < to; at += stride) {
        const room = judged.columns.room(list?.[at] ?? at);
        seen.set(room, (seen.get(room) ?? 0) + 1);
      }
      return [...seen].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
    });
    return { total, rooms };
  }

  /** How fast this machine judges the capture. */
  measure(): Promise<Measure> {
    const { capture, rules } = this.#current;
    return measure(capture, rules.input, rules.policy);
  }

  get #current(): Judged {
    if (this.#judged === null) throw new Refusal("there is no capture yet");
    return this.#judged;
  }

  #enter(judged: Judged): void {
    this.#judged = judged;
    this.#list = null;
  }

  // The frames that a filter shows, counted from 0; `null`: all.
  #listOf({ columns, places }: Judged, filter: Filter): Uint32Array | null {
    if (filter.by === "all") return null;
    const key = JSON.stringify(filter);
    if (this.#list?.key !== key) {
      const isShown =
        filter.by === "room"
          ? (index: number): boolean => columns.room(index) === filter.room
          : (index: number): boolean => columns.reason(index) === filter.reason;
      this.#list = { key, frames: columns.indexes(places.count, isShown) };
    }
    return this.#list.frames;
  }

  async #whyNow({ frame, to }: Moved): Promise<string> {
    const { explanation } = await this.inspect({ frame });
    const { steps } = explanation;
    return (to === null ? steps.at(-1) : steps.find(({ step }) => step === 9))?.words ?? "";
  }
}

// The same with further edits. @throws {Refusal} one does not fit its frame, or there are too many
async function edited(judged: Judged, edits: readonly Edit[]): Promise<Judged> {
  const next = new Map(judged.edits);
  for (const { frame, bytes } of edits) {
    requireFrame(judged, frame);
    const captured = await readOctets(judged, frame - 1);
    if (bytes !== null && bytes.length !== captured.length) {
      throw new Refusal(`frame ${frame} has ${captured.length} octets, not ${bytes.length}`);
    }
    if (bytes === null || sameOctets(bytes, captured)) next.delete(frame);
    else next.set(frame, bytes);
  }
  if (next.size > MAX_EDITS) throw new Refusal(`more than ${MAX_EDITS} frames are edited; undo some`);
  return rejudge(judged, next, [...new Set(edits.map(({ frame }) => frame))]);
}

function requireFrame({ places }: Judged, frame: number): void {
  if (Number.isInteger(frame) && frame >= 1 && frame <= places.count) return;
  throw new Refusal(`there is no frame ${frame}; the last is ${places.count}`);
}

// Frames as they are judged; near ones are read at once.
async function readFrames(judged: Judged, indexes: readonly number[]): Promise<FrameInput[]> {
  if (indexes.length === 0) return [];
  const { capture, places, edits } = judged;
  const from = places.placeOf(indexes[0]!);
  const to = places.placeOf(indexes.at(-1)!) + places.lengthOf(indexes.at(-1)!);
  const stretch = to - from <= MAX_STRETCH ? new Uint8Array(await capture.slice(from, to).arrayBuffer()) : null;
  return Promise.all(
    indexes.map(async (index) => {
      const at = places.placeOf(index) - from;
      const captured = stretch?.slice(at, at + places.lengthOf(index)) ?? (await readOctets(judged, index));
      return places.frameWith(index, edits.get(index + 1) ?? captured);
    }),
  );
}

function recordsOf({ rules }: Judged, frames: readonly FrameInput[]): DecodeRecord[] {
  return [...createDecoder({ profile: rules.policy.profile }).decode(batchOf(frames))];
}

function labelOf({ label }: DecodeRecord): string | null {
  if (label === null) return null;
  if (!("doi" in label)) return `${label.level} ${label.authorities.join("+")}`.trim();
  return label.categories === "" ? `${label.level}` : `${label.level}:${label.categories}`;
}

function whereabouts({ rules, places, columns }: Judged): Whereabouts {
  return {
    names: rules.names,
    count: places.count,
    room: (index) => columns.room(index),
    reason: (index) => columns.reason(index),
  };
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
