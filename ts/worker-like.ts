/**
 * Workers of the Web and of node:worker_threads, as one.
 *
 * @module
 */

/** A Worker of the Web or of node:worker_threads, or an end of a MessageChannel. */
export type WorkerLike = {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
} & (
  | {
      on(event: "message", listener: (message: unknown) => void): unknown;
      off(event: "message", listener: (message: unknown) => void): unknown;
    }
  | {
      addEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
      removeEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
    }
);

/** Calls `take` with each message of a worker. Returns what ends that. */
export function listen(worker: WorkerLike, take: (message: unknown) => void): () => void {
  if ("on" in worker) {
    worker.on("message", take);
    return () => worker.off("message", take);
  }
  const listener = ({ data }: { readonly data: unknown }): void => take(data);
  worker.addEventListener("message", listener);
  return () => worker.removeEventListener("message", listener);
}

/** Calls `fail` when a worker ends with an error, or can't be started. Returns what ends that. */
export function listenForFailure(worker: WorkerLike, fail: (error: unknown) => void): () => void {
  if ("on" in worker) {
    const emitter = worker as unknown as Record<
      "on" | "off",
      (event: string, listener: (error: unknown) => void) => void
    >;
    emitter.on("error", fail);
    emitter.on("messageerror", fail);
    return () => {
      emitter.off("error", fail);
      emitter.off("messageerror", fail);
    };
  }
  const target = worker as unknown as EventTarget;
  const listener = (event: Event): void => {
    event.preventDefault(); // or it is an uncaught error here too
    fail("message" in event ? new Error(`${event.message}`) : event.type);
  };
  target.addEventListener("error", listener);
  target.addEventListener("messageerror", listener);
  return () => {
    target.removeEventListener("error", listener);
    target.removeEventListener("messageerror", listener);
  };
}
