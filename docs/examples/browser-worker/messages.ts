/** What the page asks of the worker: judge this capture by this policy. */
export interface Question {
  readonly policy: string;
  readonly capture: Blob;
}

/** What it hears: now and then how far it is, and at the end either. */
export type Answer =
  | { readonly kind: "rows"; readonly rows: readonly Row[]; readonly isDone: boolean }
  | { readonly kind: "error"; readonly message: string };

/** Frames and octets of a partition, or of a reason for drops. */
export interface Row {
  readonly name: string;
  readonly frames: number;
  readonly bytes: number;
}
