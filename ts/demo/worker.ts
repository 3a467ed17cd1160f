/**
 * The page's worker: judges, so that the page never waits.
 *
 * @module
 */
import { Refusal } from "./judged.ts";
import { Judging } from "./judging.ts";
import type { Asked, CallName, Said } from "./protocol.ts";

/** Milliseconds between two words of progress. */
const EVERY = 100;

/** Calls that change what there is: one at a time, in the order asked. */
const CHANGES: ReadonlySet<CallName> = new Set(["open", "policy", "edit"]);

const judging = new Judging();
let last: Promise<unknown> = Promise.resolve();

function say(said: Said): void {
  postMessage(said);
}

async function answer({ id, name, request }: Asked): Promise<void> {
  let heard = performance.now();
  const progress = (share: number): void => {
    if (performance.now() - heard < EVERY) return;
    heard = performance.now();
    say({ id, progress: share });
  };
  try {
    const call = judging[name] as (request: unknown, progress: (share: number) => void) => unknown;
    say({ id, answer: await call.call(judging, request, progress) });
  } catch (error) {
    // What is not a refusal is a mistake of ours: it goes to the console too.
    if (!(error instanceof Refusal)) console.error(error);
    say({ id, refusal: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  if (CHANGES.has(data.name)) last = last.then(() => answer(data));
  else void answer(data);
});
