// The partitions of the policies in docs/trial.
import { type Label, makeLabel } from "../../ts/label.ts";

export const PARTITIONS: readonly { readonly name: string; readonly label: Label }[] = [
  { name: "public", label: makeLabel(16, 1) },
  { name: "internal", label: makeLabel(16, 2, [0]) },
  { name: "secret", label: makeLabel(16, 5, [0, 1]) },
];
