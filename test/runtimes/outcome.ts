// What came of a case.
export interface Outcome {
  readonly name: string;
  /** `null`: it passed. */
  readonly error: string | null;
}
