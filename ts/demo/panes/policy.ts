/**
 * The policy, to be changed: what is wrong is underlined and listed, and never reaches the kernel; what is right is in force
 * at once.
 *
 * @module
 */
import { byId, h } from "../dom.ts";
import type { Editor } from "../editor.ts";
import type { PolicyNote } from "../protocol.ts";
import type { Viewer } from "../viewer.ts";

/** Milliseconds of rest after which a text is read. */
const REST = 250;

export class PolicyPane {
  readonly #viewer: Viewer;
  readonly #status = byId("policy-status");
  readonly #list = byId("policy-problems");
  #editor: Editor | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A text is being judged by. */
  #isBusy = false;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    byId("policy-reset").addEventListener("click", () => {
      this.#editor?.replace(viewer.builtIn.policy);
      void this.#try();
    });
    viewer.watch(["policy"], () => {
      // In force by another way than this editor.
      if (this.#editor !== null && !this.#isBusy && this.#editor.text !== viewer.policyText) {
        this.#editor.replace(viewer.policyText);
        this.#say(viewer.notes, true);
      }
    });
  }

  /** Loads the editor; until then the policy can only be read. */
  async load(): Promise<void> {
    const host = byId("editor");
    const { openEditor } = await import("../editor.ts");
    this.#editor = openEditor(host, this.#viewer.policyText, () => this.#changed());
    this.#say(this.#viewer.notes, true);
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#status.textContent = "reading …";
    this.#timer = setTimeout(() => void this.#try(), REST);
  }

  // Tries what is in the editor, again when it changed meanwhile.
  async #try(): Promise<void> {
    if (this.#editor === null || this.#isBusy) return;
    clearTimeout(this.#timer);
    this.#isBusy = true;
    try {
      for (let text: string | null = null; text !== this.#editor.text; ) {
        text = this.#editor.text;
        this.#status.textContent = "judging …";
        const { accepted, notes } = await this.#viewer.tryPolicy(text);
        this.#say(notes, accepted);
      }
    } catch (error) {
      this.#status.textContent = (error as Error).message;
      this.#status.className = "status is-bad";
    } finally {
      this.#isBusy = false;
    }
  }

  #say(notes: readonly PolicyNote[], accepted: boolean): void {
    this.#editor?.mark(notes);
    const errors = notes.filter(({ kind }) => kind === "error").length;
    const warnings = notes.length - errors;
    const odd = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "thing is" : "things are"} odd`;
    this.#status.textContent = accepted
      ? `in force${odd}`
      : `${errors} ${errors === 1 ? "problem" : "problems"}, nothing changed`;
    this.#status.className = accepted ? "status is-good" : "status is-bad";
    this.#list.replaceChildren(...notes.map((note) => h("li", {}, this.#problem(note))));
  }

  #problem({ kind, position, path, message, from, to }: PolicyNote): HTMLElement {
    return h(
      "button",
      { type: "button", class: `problem is-${kind}`, onclick: () => this.#editor?.select(from, to) },
      h("span", { class: "where" }, `${kind === "error" ? "✗" : "!"} ${position}${path === "" ? "" : ` ${path}`}`),
      h("span", { class: "message" }, message),
    );
  }
}
