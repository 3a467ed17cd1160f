/**
 * The policy editor: CodeMirror, in a shadow root, where it brings its styles as sheets and not as elements that the page's
 * content security policy would refuse. Loaded apart from the page.
 *
 * @module
 */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { json } from "@codemirror/legacy-modes/mode/javascript";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { PolicyNote } from "./protocol.ts";

export interface Editor {
  readonly text: string;
  /** Another text; nobody is told that it changed. */
  replace(text: string): void;
  /** Underlines what notes are about. */
  mark(notes: readonly PolicyNote[]): void;
  /** Goes to some characters. */
  select(from: number, to: number): void;
}

const THEME = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-scroller:focus-visible": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selected) !important" },
  ".cm-tooltip": { backgroundColor: "var(--panel)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
]);

/** Puts an editor into an element; `changed` hears of what a person did. */
export function openEditor(host: HTMLElement, text: string, changed: () => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let isOurs = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        StreamLanguage.define({ ...json, tokenTable: { property: tags.propertyName } }),
        syntaxHighlighting(COLOURS),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "the policy, as JSON" }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged && !isOurs) changed();
        }),
        THEME,
      ],
    }),
  });
  // A page as high as it is wide needs no more; heights of the host are known to no style in the root.
  view.dom.style.height = "100%";
  view.scrollDOM.tabIndex = 0;
  return {
    get text() {
      return view.state.doc.toString();
    },
    replace(next) {
      isOurs = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      isOurs = false;
    },
    mark(notes) {
      const end = view.state.doc.length;
      const diagnostics = notes.map(
        ({ kind, message, path, from, to }): Diagnostic => ({
          from: Math.min(from, end),
          to: Math.min(to, end),
          severity: kind,
          message: path === "" ? message : `${path}: ${message}`,
        }),
      );
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    select(from, to) {
      const end = view.state.doc.length;
      const range = { anchor: Math.min(from, end), head: Math.min(to, end) };
      view.dispatch({ selection: range, effects: EditorView.scrollIntoView(range.anchor, { y: "center" }) });
      view.focus();
    },
  };
}
