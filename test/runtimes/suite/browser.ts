// Runs every case in a browser, once in the page and once in a worker of it, and leaves the outcomes where a driver finds them.
import type { Outcome } from "../outcome.ts";
import { CASES } from "./conformance.ts";
import { runAll } from "./run-all.ts";

const material = await (await fetch("/material.json")).json();
const kernel = (): Promise<WebAssembly.Module> =>
  WebAssembly.compileStreaming(fetch("/node_modules/labelgate/build/dist/kernel.wasm"));
const outcomes: Outcome[] = [];
await runAll(CASES, { material, kernel }, (outcome) => outcomes.push(outcome));
if (typeof document === "undefined") {
  postMessage(outcomes);
} else {
  Object.assign(globalThis, { outcomes });
  document.documentElement.dataset.state = "done";
}
