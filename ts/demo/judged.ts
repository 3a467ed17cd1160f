/**
 * What is known of a capture by a policy, and how it comes to be known: all of it at once, or one frame anew.
 *
 * @module
 */
import { readCapture } from "../capture/read.ts";
import { type Classifier, createClassifier } from "../classifier.ts";
import { CaptureError } from "../errors.ts";
import type { Explanation } from "../explain/explanation.ts";
import { batchOf, type FrameInput, frameOf } from "../frames.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Policy } from "../policy/model.ts";
import type { PolicyText } from "../policy/text.ts";
import { type ReasonName, reasonNamed } from "../reason.ts";
import { Counting } from "./census.ts";
import { Columns } from "./columns.ts";
import { type Edits, editBatch } from "./edits.ts";
import { Places } from "./places.ts";
import { viewOf } from "./policy-view.ts";
import type { PolicyView } from "./protocol.ts";

/** A call was refused, in words for people. Nothing has changed. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Hears how far a capture was read, 0 to 1. */
export type Progress = (share: number) => void;

/** A policy that can be judged by. */
export interface Rules {
  readonly input: PolicyInput;
  readonly policy: Policy;
  readonly names: readonly string[];
  readonly view: PolicyView;
}

/** A capture. */
export interface Source {
  readonly capture: Blob;
  readonly name: string;
}

/** What is known of a capture by a policy, with some frames edited. */
export interface Judged extends Source {
  readonly rules: Rules;
  readonly edits: Edits;
  readonly places: Places;
  readonly columns: Columns;
  readonly counting: Counting;
  /** Explains; its fragments are those of the end. */
  readonly classifier: Classifier;
  readonly error: string | null;
  readonly took: number;
}

/** What is judged by, of a text without problems. */
export function rulesOf({ policy, input }: PolicyText): Rules {
  const names = policy!.partitions.map(({ name }) => name);
  return { input: input as PolicyInput, policy: policy!, names, view: viewOf(policy!) };
}

/** Reads and judges a capture to its end, or to what is wrong with it. @throws {Refusal} it can't be read at all */
export async function judge(source: Source, rules: Rules, edits: Edits, progress: Progress): Promise<Judged> {
  const started = performance.now();
  const classifier = createClassifier(rules.input);
  const places = new Places();
  const columns = new Columns(rules.names.length);
  let first = 0;
  for (const [room, name] of rules.names.entries()) {
    classifier.register(name, ({ rows }) => {
      for (const row of rows) columns.deliver(first + row, room);
    });
  }
  classifier.registerDrops((delivery) => {
    for (const row of delivery.rows) columns.drop(first + row, codeOf(delivery.verdictOf(row).reason!));
  });
  let error: string | null = null;
  try {
    for await (const batch of readCapture(source.capture, { into: classifier })) {
      first = places.count;
      places.add(batch);
      columns.reserve(places.count);
      editBatch(batch, edits);
      classifier.dispatch(batch);
      progress((batch.origin! + batch.offset(batch.count - 1)) / source.capture.size);
    }
  } catch (thrown) {
    if (!(thrown instanceof CaptureError)) throw new Refusal(readingFailed(thrown));
    error = thrown.message;
  }
  const counting = new Counting(rules.names, classifier.stats());
  const { capture, name } = source;
  return {
    ...{ capture, name, rules, edits, places, columns, counting, classifier, error },
    took: performance.now() - started,
  };
}

function readingFailed(thrown: unknown): string {
  return `the file can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

/** The same with other edits, of these frames. One is judged alone, unless it is a fragment: then others depend on it (Rule F). */
export async function rejudge(judged: Judged, edits: Edits, frames: readonly number[]): Promise<Judged> {
  const changes: { readonly index: number; readonly before: Explanation; readonly after: Explanation }[] = [];
  for (const frame of frames) {
    const captured = await readOctets(judged, frame - 1);
    const [before, after] = [judged.edits, edits].map((given) =>
      explainNow(judged, judged.places.frameWith(frame - 1, given.get(frame) ?? captured)),
    );
    if (isFragment(before!) || isFragment(after!)) return judge(judged, judged.rules, edits, () => {});
    changes.push({ index: frame - 1, before: before!, after: after! });
  }
  for (const { index, before, after } of changes) {
    judged.counting.change(before.verdict, after.verdict, judged.places.wireLengthOf(index));
    const { reason, partition, copies } = after.verdict;
    judged.columns.clear(index);
    if (reason !== null) judged.columns.drop(index, codeOf(reason));
    else {
      for (const name of [partition!, ...copies.map((copy) => copy.partition)]) {
        judged.columns.deliver(index, judged.rules.names.indexOf(name));
      }
    }
  }
  return { ...judged, edits };
}

function explainNow({ classifier }: Judged, { bytes, ...frame }: FrameInput): Explanation {
  return classifier.explain(bytes, frame);
}

function isFragment({ packet }: Explanation): boolean {
  return packet.fragment?.fragmented === true;
}

/** How a frame was decided. What a fragment is judged by came before it: that is judged again. */
export async function explain(judged: Judged, index: number, input: FrameInput): Promise<Explanation> {
  const now = explainNow(judged, input);
  if (!isFragment(now)) return now;
  const classifier = createClassifier(judged.rules.input);
  for await (const batch of readCapture(judged.capture)) {
    editBatch(batch, judged.edits);
    const row = index - (batch.first - 1);
    if (row >= batch.count) {
      classifier.dispatch(batch);
      continue;
    }
    classifier.dispatch(batchOf(Array.from({ length: row }, (_, i) => frameOf(batch, i))));
    break;
  }
  return explainNow({ ...judged, classifier }, input);
}

/** Octets of a frame as they were captured. */
export async function readOctets({ capture, places }: Judged, index: number): Promise<Uint8Array> {
  const place = places.placeOf(index);
  return new Uint8Array(await capture.slice(place, place + places.lengthOf(index)).arrayBuffer());
}

function codeOf(reason: ReasonName): number {
  return reasonNamed(reason).code;
}
