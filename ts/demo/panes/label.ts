/**
 * The label of the frame that is looked at: what its option says, what it is judged by, how it stands to the rooms' labels.
 *
 * @module
 */
import type { ReasonName } from "../../reason.ts";
import { byId, h } from "../dom.ts";
import { relationWords, shortLabel } from "../hasse.ts";
import type { Inspection } from "../protocol.ts";
import { vectorOf } from "../vector.ts";
import type { Viewer } from "../viewer.ts";

const SOURCES = {
  option: "from the packet's own option",
  host: "given by what is known of its sender",
  exempt: "none: a control packet that needs none",
} as const;

export function showLabel(viewer: Viewer, copy: (text: string, what: string) => Promise<void>): void {
  const body = byId("label-body");
  const button = byId("copy-vector") as HTMLButtonElement;
  button.addEventListener("click", () => {
    const vector = viewer.selection === null ? null : vectorOf(viewer.selection);
    if (vector !== null) void copy(`${JSON.stringify(vector, null, 2)}\n`, "the test vector");
  });
  viewer.watch(["selection", "policy"], () => {
    const { selection } = viewer;
    if (selection === null) return;
    button.disabled = selection.explanation.packet.ipVersion === null;
    body.replaceChildren(headline(selection), facts(selection), ...relations(viewer, selection));
  });
}

function headline({ explanation, labelText, record }: Inspection): HTMLElement {
  const { verdict } = explanation;
  const text =
    labelText ?? (verdict.labelSource === "exempt" ? "needs no label" : saidOf(record.status, verdict.reason));
  return h("p", { class: verdict.label === null ? "headline is-none" : "headline", id: "label-headline" }, text);
}

// Why there is none to judge by: the packet has none, it is malformed, or it was dropped before its label counted.
function saidOf(status: ReasonName, reason: ReasonName | null): string {
  if (status === "NO_LABEL") return "no label";
  return status.startsWith("OK") ? (reason ?? "no label") : status;
}

function facts({ explanation, record }: Inspection): HTMLElement {
  const { verdict, packet } = explanation;
  const rows: [string, string][] = [];
  const { label } = record;
  const asWritten = packet.labelSpan === null ? null : `octets ${packet.labelSpan.offset} to ${ends(packet.labelSpan)}`;
  if (label !== null && "doi" in label) {
    rows.push(["scheme", label.scheme === null ? "" : label.scheme.toUpperCase()], ["DOI", `${label.doi}`]);
    rows.push(["level", `${label.level}`], ["categories", label.categories === "" ? "none" : label.categories]);
  } else if (label !== null) {
    rows.push(["scheme", "RIPSO"], ["level", label.level], ["authorities", label.authorities.join("+") || "none"]);
  } else if (verdict.label !== null) {
    rows.push(["judged as", `${shortLabel(verdict.label)} in DOI ${verdict.label.doi}`]);
  }
  if (asWritten !== null) rows.push(["stands in", asWritten]);
  rows.push(["source", verdict.labelSource === null ? "not known" : SOURCES[verdict.labelSource]]);
  return h("dl", { class: "facts" }, ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function ends({ offset, length }: { offset: number; length: number }): number {
  return offset + length - 1;
}

function relations({ policy }: Viewer, { explanation }: Inspection): HTMLElement[] {
  const { label } = explanation.verdict;
  if (label === null) return [];
  return [
    h("ul", { class: "relations" }, ...relationWords(label, policy.rooms).map((words) => h("li", {}, sentence(words)))),
  ];
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
