/**
 * What the page shows, and everything that can be done to it. Panes read it, and hear when a part of it changed.
 *
 * @module
 */
import type { Asking } from "./asking.ts";
import type {
  AnswerOf,
  CaptureView,
  Census,
  Edit,
  Filter,
  Inspection,
  Measure,
  PolicyNote,
  PolicyOutcome,
  PolicyView,
  Rows,
} from "./protocol.ts";
import { plainView, type Shared, writeShared } from "./share.ts";
import { TOUR, type TourStep } from "./tour.ts";

/** Parts of what is shown. */
export type Part = "capture" | "policy" | "census" | "filter" | "selection" | "edits" | "moves" | "tour" | "meter";

export type Moves = Extract<PolicyOutcome, { accepted: true }>;

/** The capture and the policy that the page comes with. */
export interface BuiltIn {
  readonly capture: Blob;
  readonly name: string;
  readonly policy: string;
}

const NO_CENSUS: Census = {
  frames: 0,
  bytes: 0,
  delivered: { frames: 0, bytes: 0 },
  dropped: { frames: 0, bytes: 0 },
  rooms: [],
  reasons: [],
};

export class Viewer {
  readonly builtIn: BuiltIn;
  readonly #asking: Asking;
  readonly #listeners = new Map<Part, (() => void)[]>();
  #capture: CaptureView = { name: "", size: 0, error: null, took: 0 };
  #blob: Blob;
  #policy: PolicyView = { rooms: [], labels: [] };
  #policyText: string;
  #notes: readonly PolicyNote[] = [];
  #census: Census = NO_CENSUS;
  #filter: Filter = { by: "all" };
  #selection: Inspection | null = null;
  #wanted = 0;
  #edits = new Map<number, Uint8Array>();
  #undo: Edit[] = [];
  #moves: Moves | null = null;
  #tour: number | null = null;
  #meter: Measure | null = null;

  constructor(asking: Asking, builtIn: BuiltIn) {
    this.#asking = asking;
    this.builtIn = builtIn;
    this.#blob = builtIn.capture;
    this.#policyText = builtIn.policy;
  }

  get capture(): CaptureView {
    return this.#capture;
  }
  get policy(): PolicyView {
    return this.#policy;
  }
  /** Of the policy in force. */
  get policyText(): string {
    return this.#policyText;
  }
  get notes(): readonly PolicyNote[] {
    return this.#notes;
  }
  get census(): Census {
    return this.#census;
  }
  get filter(): Filter {
    return this.#filter;
  }
  /** The frame that is looked at. */
  get selection(): Inspection | null {
    return this.#selection;
  }
  get edited(): ReadonlyMap<number, Uint8Array> {
    return this.#edits;
  }
  get canUndo(): boolean {
    return this.#undo.length > 0;
  }
  /** What the last change of the policy moved. */
  get moves(): Moves | null {
    return this.#moves;
  }
  /** Index of the step the tour is at. */
  get tour(): number | null {
    return this.#tour;
  }
  get meter(): Measure | null {
    return this.#meter;
  }
  get rooms(): number {
    return this.#policy.rooms.length;
  }
  /** Whether the capture is the one the page came with. */
  get isBuiltIn(): boolean {
    return this.#blob === this.builtIn.capture;
  }

  /** Calls back at once and whenever one of the parts changed. */
  watch(parts: readonly Part[], listener: () => void): void {
    for (const part of parts) this.#listeners.set(part, [...(this.#listeners.get(part) ?? []), listener]);
    listener();
  }

  /** Opens a capture by the policy in force, or as a link says. @throws {Error} it is refused; nothing changed */
  async open(capture: Blob, name: string, progress?: (share: number) => void, shared?: Shared): Promise<void> {
    const policy = shared === undefined ? this.#policyText : (shared.policy ?? this.builtIn.policy);
    const edits = shared?.edits ?? [];
    const opened = await this.#asking.ask("open", { capture, name, policy, edits }, progress);
    this.#blob = capture;
    this.#capture = opened.capture;
    this.#policyText = policy;
    this.#notes = opened.notes;
    this.#census = opened.census;
    this.#policy = opened.policy;
    this.#edits = new Map(edits.map(({ frame, bytes }) => [frame, bytes]));
    this.#undo = [];
    this.#moves = null;
    this.#filter = this.#allowed(shared?.filter ?? { by: "all" });
    this.#selection = null;
    this.#tour = null;
    this.#say("capture", "policy", "census", "edits", "moves", "filter", "selection", "tour");
    await this.select(Math.min(shared?.frame ?? 1, this.#census.frames));
  }

  /** Tries a policy. A bad one changes nothing but the notes that are given back. */
  async tryPolicy(text: string): Promise<PolicyOutcome> {
    const outcome = await this.#asking.ask("policy", { text });
    if (!outcome.accepted) return outcome;
    this.#policyText = text;
    this.#notes = outcome.notes;
    this.#policy = outcome.policy;
    this.#census = outcome.census;
    this.#moves = outcome;
    this.#filter = this.#allowed(this.#filter);
    this.#say("policy", "census", "moves", "filter");
    await this.#inspectAgain();
    return outcome;
  }

  /** Looks at a frame. */
  async select(frame: number): Promise<void> {
    if (frame < 1 || frame > this.#census.frames) return;
    this.#wanted = frame;
    const inspection = await this.#asking.ask("inspect", { frame });
    if (this.#wanted !== frame) return; // another was asked for since
    this.#selection = inspection;
    this.#say("selection");
  }

  /** Gives the frame that is looked at other octets. */
  async edit(frame: number, bytes: Uint8Array | null): Promise<void> {
    await this.#edit([{ frame, bytes }], true);
  }

  async undo(): Promise<void> {
    const last = this.#undo.pop();
    if (last === undefined) return;
    await this.#edit([last], false);
    await this.select(last.frame);
  }

  /** Takes every edit back. */
  async undoAll(): Promise<void> {
    this.#undo = [];
    await this.#edit(
      [...this.#edits.keys()].map((frame) => ({ frame, bytes: null })),
      false,
    );
  }

  async #edit(edits: readonly Edit[], remember: boolean): Promise<void> {
    if (edits.length === 0) return;
    const before = edits.map(({ frame }) => ({ frame, bytes: this.#edits.get(frame) ?? null }));
    const { census, edited } = await this.#asking.ask("edit", { edits });
    for (const { frame, bytes } of edits) if (bytes !== null) this.#edits.set(frame, bytes);
    this.#edits = new Map([...this.#edits].filter(([frame]) => edited.includes(frame)));
    if (remember) this.#undo.push(...before);
    this.#census = census;
    this.#say("census", "edits");
    await this.#inspectAgain();
  }

  /** Shows the frames of one room or reason in the list; the same again, all. */
  toggleFilter(filter: Filter): void {
    this.#filter = this.isFilter(filter) ? { by: "all" } : filter;
    this.#say("filter");
  }

  /** Whether the list shows just that. */
  isFilter(filter: Filter): boolean {
    return JSON.stringify(filter) === JSON.stringify(this.#filter);
  }

  /** Lines of the list, as it is filtered. */
  rows(first: number, count: number): Promise<Rows> {
    return this.#asking.ask("rows", { filter: this.#filter, first, count });
  }

  /** Where in the list a frame is. */
  find(frame: number): Promise<AnswerOf<"find">> {
    return this.#asking.ask("find", { filter: this.#filter, frame });
  }

  /** Rooms along the list. */
  ticks(steps: number): Promise<AnswerOf<"ticks">> {
    return this.#asking.ask("ticks", { filter: this.#filter, steps });
  }

  async measure(): Promise<void> {
    this.#meter = await this.#asking.ask("measure", {});
    this.#say("meter");
  }

  /** Goes to a step of the tour; `null` ends it. The tour is about the built-in capture and policy. */
  async goTo(step: number | null): Promise<void> {
    const entry: TourStep | null = step === null ? null : (TOUR[step] ?? null);
    if (entry !== null && !(this.isBuiltIn && this.#policyText === this.builtIn.policy)) {
      await this.open(this.builtIn.capture, this.builtIn.name, undefined, plainView(entry.frame));
    }
    if (step !== null || this.#tour !== null) await this.undoAll();
    this.#tour = entry === null ? null : step;
    if (entry !== null) {
      this.#filter = { by: "all" };
      this.#say("filter");
      await this.select(entry.frame);
      if (entry.patch !== null && this.#selection !== null) {
        const bytes = this.#selection.bytes.slice();
        bytes.set(entry.patch.octets, entry.patch.offset);
        await this.#edit([{ frame: entry.frame, bytes }], false);
      }
    }
    this.#say("tour");
  }

  /** The text of a link to what is shown; `null`: it is too much for a link. */
  link(): Promise<string | null> {
    return writeShared({
      policy: this.#policyText === this.builtIn.policy ? null : this.#policyText,
      capture: this.isBuiltIn ? null : { name: this.#capture.name, size: this.#capture.size },
      frame: this.#selection?.frame ?? 1,
      filter: this.#filter,
      edits: [...this.#edits].map(([frame, bytes]) => ({ frame, bytes })),
    });
  }

  async #inspectAgain(): Promise<void> {
    if (this.#selection !== null) await this.select(this.#selection.frame);
  }

  // A room that there is.
  #allowed(filter: Filter): Filter {
    return filter.by === "room" && filter.room > this.#policy.rooms.length ? { by: "all" } : filter;
  }

  #say(...parts: Part[]): void {
    const heard = new Set(parts.flatMap((part) => this.#listeners.get(part) ?? []));
    for (const listener of heard) listener();
  }
}
