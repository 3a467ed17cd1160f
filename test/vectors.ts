// The packets of fixtures/vectors/label-options.json, with their verdicts.
import { readFileSync } from "node:fs";

export interface Vector {
  readonly id: string;
  readonly ip: 4 | 6;
  readonly title: string;
  readonly hex: string;
  readonly rule: string;
  readonly expect: {
    readonly verdict: "accept" | "unlabelled" | "reject" | "policy";
    readonly code: string;
    readonly label: VectorLabel | null;
    readonly icmp: { readonly type: number; readonly code: number; readonly pointer?: number } | null;
  };
}

export type VectorLabel =
  | { readonly scheme: "ripso"; readonly level: string; readonly authorities: readonly string[] }
  | {
      readonly scheme: "cipso" | "calipso";
      readonly doi: number;
      readonly level: number;
      readonly categories: readonly number[] | null;
      /** In place of categories. */
      readonly ranges?: readonly (readonly [number, number])[];
    };

export const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../fixtures/vectors/label-options.json", import.meta.url), "utf8"),
);

/** The DOI that the vectors take as known. */
export const VECTOR_DOI = 16;

export const octetsOf = (vector: Vector): Uint8Array => Uint8Array.from(Buffer.from(vector.hex, "hex"));

export function vectorOf(id: string): Vector {
  const found = vectors.find((vector) => vector.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
}
