import type { Answer, Question, Row } from "./messages.ts";

const policy = document.querySelector<HTMLInputElement>("#policy")!;
const capture = document.querySelector<HTMLInputElement>("#capture")!;
const said = document.querySelector("#said")!;
const body = document.querySelector("#rows")!;

let worker: Worker | undefined;

/** Judges anew. A worker that is busy with another capture is ended. */
async function judge(): Promise<void> {
  const [rules, frames] = [policy.files?.[0], capture.files?.[0]];
  if (rules === undefined || frames === undefined) return;
  worker?.terminate();
  const current = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker = current;
  said.textContent = "Judging …";
  show([]);
  current.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
    if (worker !== current) return;
    if (data.kind === "error") {
      said.textContent = data.message;
      return;
    }
    show(data.rows);
    if (data.isDone) said.textContent = "Done.";
  });
  const question: Question = { policy: await rules.text(), capture: frames };
  current.postMessage(question);
}

function show(rows: readonly Row[]): void {
  body.replaceChildren(
    ...rows.map(({ name, frames, bytes }) => {
      const row = document.createElement("tr");
      for (const text of [name, frames.toLocaleString(), bytes.toLocaleString()]) row.insertCell().textContent = text;
      return row;
    }),
  );
}

for (const input of [policy, capture]) input.addEventListener("change", () => void judge());
