/**
 * A policy with the kernel that judges by it. Replaced as a whole when the policy is.
 *
 * @module
 */
import { type Explanation, explainFrame } from "./explain/explanation.ts";
import type { FrameBatch } from "./frames.ts";
import { Kernel, SOURCES, TABLES_BASE, type VerdictRow } from "./kernel.ts";
import type { Label } from "./label.ts";
import { compilePolicy, type PolicyImage } from "./policy/compile.ts";
import { translate } from "./policy/dois.ts";
import type { Policy } from "./policy/model.ts";
import { reasonName } from "./reason.ts";
import type { LabelScheme, Target, Verdict } from "./verdict.ts";

// First octet of a label option.
const SCHEME_OF_OPTION: ReadonlyMap<number, LabelScheme> = new Map([
  [130, "ripso"],
  [134, "cipso"],
  [7, "calipso"],
]);

/** Rows that were judged, and can be read again. */
export type JudgedRows = Pick<Kernel, "verdict" | "labelOf" | "read">;

export class Judge {
  readonly policy: Policy;
  readonly image: PolicyImage;
  readonly kernel: Kernel;
  #endpoints: ReadonlyMap<string, readonly number[]> | undefined;

  /**
   * @param room octets of the kernel's memory that are to be free
   * @param module the kernel's; the embedded one when left out
   */
  constructor(policy: Policy, room = 0, module?: WebAssembly.Module) {
    this.policy = policy;
    this.image = compilePolicy(policy, TABLES_BASE);
    this.kernel = new Kernel(this.image, room, module);
  }

  /** The endpoints that a name stands for: a partition and its bindings, or one of these. None: there is no such name. */
  endpointsOf(name: string): readonly number[] {
    this.#endpoints ??= endpointsByName(this.policy, this.image);
    return this.#endpoints.get(name) ?? [];
  }

  /** `secret`, or `public/web`. */
  nameOf(endpoint: number): string {
    const { partition, binding } = this.targetOf(endpoint);
    return binding === null ? partition : `${partition}/${binding}`;
  }

  /** The partition and the binding of an endpoint. */
  targetOf(endpoint: number): Target {
    const { partition, binding } = this.image.endpoints[endpoint]!;
    const { name, bindings } = this.policy.partitions[partition]!;
    return { partition: name, binding: binding === null ? null : bindings![binding]!.name };
  }

  /**
   * The verdict on a row that was judged, counted from `first`, the row of the batch that was loaded first. For a sink, by
   * its name, its own delivery comes first.
   */
  verdict(
    batch: FrameBatch,
    first: number,
    row: number,
    sink: string | null,
    kernel: JudgedRows = this.kernel,
  ): Verdict {
    const judged = kernel.verdict(row);
    const { reason, source, labelSpan, blame } = judged;
    const labelSource = SOURCES[source]!;
    const own = labelSource === "option" && labelSpan !== null;
    const [to, ...copies] = this.#targets(judged, sink);
    return {
      partition: to?.partition ?? null,
      binding: to?.binding ?? null,
      copies,
      reason: reason === 0 ? null : reasonName(reason),
      offset: blame,
      label: this.#label(judged, kernel, row, own),
      labelSource,
      labelScheme: own ? SCHEME_OF_OPTION.get(batch.bytes[batch.offset(first + row) + labelSpan.offset]!)! : null,
    };
  }

  /** The decision on a row that was judged, step by step. */
  explain(
    batch: FrameBatch,
    first: number,
    row: number,
    sink: string | null,
    kernel: JudgedRows = this.kernel,
  ): Explanation {
    const { chosen } = kernel.verdict(row);
    const verdict = this.verdict(batch, first, row, sink, kernel);
    const own = this.policy.partitions.findIndex(({ name }) => name === verdict.partition);
    return explainFrame({
      policy: this.policy,
      chosen: own < 0 ? chosen : own,
      bytes: batch.octets(first + row),
      device: batch.interfaces[batch.interfaceOf(first + row)]?.name ?? null,
      row: kernel.verdict(row),
      verdict,
      packet: kernel.read(row),
    });
  }

  #targets({ endpoint, copies }: VerdictRow, sink: string | null): Target[] {
    if (endpoint === null) return [];
    const all = [endpoint, ...copies];
    const own = all.find((item) => this.nameOf(item) === sink || this.targetOf(item).partition === sink) ?? endpoint;
    return [own, ...all.filter((item) => item !== own)].map((item) => this.targetOf(item));
  }

  #label({ label, mapped }: VerdictRow, kernel: JudgedRows, row: number, own: boolean): Label | null {
    if (label !== null) return this.image.labels[label]!;
    if (!own) return null;
    const carried = kernel.labelOf(row);
    return mapped ? translate(carried, this.policy.translations) : carried;
  }
}

function endpointsByName({ partitions }: Policy, { endpoints }: PolicyImage): Map<string, number[]> {
  const found = new Map<string, number[]>(partitions.map(({ name }) => [name, []]));
  endpoints.forEach(({ partition, binding }, i) => {
    const { name, bindings } = partitions[partition]!;
    found.get(name)!.push(i);
    if (binding !== null) found.set(`${name}/${bindings![binding]!.name}`, [i]);
  });
  return found;
}
