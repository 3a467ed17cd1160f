/**
 * What can be done to the page as a whole: open a capture, copy a link, take edits back.
 *
 * @module
 */
import { byId, grouped, sayOctets } from "../dom.ts";
import type { Viewer } from "../viewer.ts";

/** Milliseconds that a message stands. */
const STANDS = 6000;

export class Tools {
  readonly #viewer: Viewer;
  readonly #notice = byId("notice");
  readonly #progress = byId("progress") as HTMLProgressElement;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    const chooser = byId("capture-file") as HTMLInputElement;
    byId("open").addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      const [file] = chooser.files ?? [];
      if (file !== undefined) void this.open(file, file.name);
      chooser.value = "";
    });
    byId("link").addEventListener("click", () => void this.#link());
    byId("undo").addEventListener("click", () => void viewer.undo());
    byId("undo-all").addEventListener("click", () => void viewer.undoAll());
    this.#takeDrops();
    viewer.watch(["edits"], () => {
      const { size } = viewer.edited;
      (byId("undo") as HTMLButtonElement).disabled = !viewer.canUndo;
      (byId("undo-all") as HTMLButtonElement).disabled = size === 0;
      byId("edit-count").textContent = size === 0 ? "" : `${size} ${size === 1 ? "frame is" : "frames are"} edited`;
    });
    viewer.watch(["capture", "census"], () => this.#sayCapture());
  }

  /** Opens a capture; what it is refused for is said, and everything stays. */
  async open(capture: Blob, name: string): Promise<void> {
    this.#progress.hidden = false;
    this.#progress.value = 0;
    try {
      await this.#viewer.open(capture, name, (share) => {
        this.#progress.value = share;
      });
      const { error } = this.#viewer.capture;
      if (error !== null) this.say(`${name} was read only in part: ${error}`, true);
    } catch (error) {
      this.say((error as Error).message, true);
    } finally {
      this.#progress.hidden = true;
    }
  }

  /** Says something for a while; what is bad stands until something else is said. */
  say(text: string, isBad = false): void {
    clearTimeout(this.#timer);
    this.#notice.textContent = text;
    this.#notice.className = isBad ? "notice is-bad" : "notice";
    if (isBad) return;
    this.#timer = setTimeout(() => {
      this.#notice.textContent = "";
    }, STANDS);
  }

  /** Copies a text to the clipboard. */
  async copy(text: string, what: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(`Copied ${what}.`);
    } catch {
      this.say(`The browser does not let this page copy ${what}.`, true);
    }
  }

  async #link(): Promise<void> {
    const text = await this.#viewer.link();
    if (text === null) {
      this.say("This policy and these edits are too much for a link.", true);
      return;
    }
    history.replaceState(null, "", `#${text}`);
    const rest = this.#viewer.isBuiltIn ? "" : "; whoever opens it needs the capture too";
    await this.copy(location.href, `a link to this view${rest}`);
  }

  #sayCapture(): void {
    const { capture, census } = this.#viewer;
    if (census.frames === 0) return;
    byId("capture-name").textContent = capture.name;
    const judged = `judged in ${capture.took < 10 ? capture.took.toFixed(1) : Math.round(capture.took)} ms`;
    byId("capture-size").textContent = `${grouped(census.frames)} frames, ${sayOctets(capture.size)}, ${judged}`;
  }

  #takeDrops(): void {
    const veil = byId("drop-veil");
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) veil.hidden = true;
    });
    addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      veil.hidden = true;
      const [file] = event.dataTransfer!.files;
      if (file !== undefined) void this.open(file, file.name);
    });
  }
}
