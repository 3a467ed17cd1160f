/**
 * A policy as people write it: the object in the API, the JSON file on the command line.
 *
 * Labels are text in any of the four forms of ts/notation.ts: `5:0,2.4`, `s5:c0,c2.c4`, `0x0005-08-b8`, names.
 * Ports are `80/tcp`, `6000-6003/udp`, `*\/icmp`. A DOI is a number from 1 to 4294967295, or `a:b:c:d`.
 *
 * @module
 */

/**
 * A whole policy (design: partitions share the addresses of interfaces; host templates say who may send what).
 *
 * @example
 * ```ts
 * import { createClassifier, type PolicyInput } from "labelgate";
 * const policy: PolicyInput = {
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "1" }, { name: "secret", label: "5:0" }],
 *   templates: { peers: { type: "labelled", range: ["1", "5:0"] } },
 *   hosts: { "198.51.100.0/24": "peers" },
 * };
 * createClassifier(policy).partitions; // ["public", "secret"]
 * ```
 */
export interface PolicyInput {
  /** Where editors find the schema; ignored. */
  $schema?: string | undefined;
  /** The DOI of every label that names none. */
  doi: number | string;
  /** `strict` (the standards) unless told otherwise. */
  profile?: "strict" | "linux" | undefined;
  /** Whether the IPv4 header checksum is verified (I2). `ignore` unless told otherwise: captures hold unset ones. */
  checksum?: "verify" | "ignore" | undefined;
  names?: NamesInput | undefined;
  /** What RIPSO labels mean; left out, packets that carry one are dropped (`RIPSO_NOT_MAPPED`). */
  ripso?: RipsoInput | undefined;
  interfaces: InterfaceInput[];
  partitions: PartitionInput[];
  /** The partition that receives exempt control packets (step 6); left out, they are dropped. */
  control?: string | undefined;
  /** Host templates by name. */
  templates: Record<string, TemplateInput>;
  /** Template name by address prefix. The longest prefix that holds a sender wins. */
  hosts: Record<string, string>;
}

/** Words for numbers, usable in every label of the policy, in any case. */
export interface NamesInput {
  /** Level (0–255) by name. */
  levels?: Record<string, number> | undefined;
  /** Category (0–65534) by name. */
  categories?: Record<string, number> | undefined;
}

export interface RipsoInput {
  /** `map`: level and authorities stand for a label. `ignore`: options 130 and 133 are passed over. */
  mode: "map" | "ignore";
  /** DOI of the labels they stand for. */
  doi?: number | string | undefined;
  /** Level number or name by RIPSO level: `TOP SECRET`, `SECRET`, `CONFIDENTIAL`, `UNCLASSIFIED`. */
  levels?: Record<string, number | string> | undefined;
  /** Categories by combination of authorities: `GENSER+NSA`; `NONE` for no authority. */
  authorities?: Record<string, number[]> | undefined;
  /** Format codes (0–255) of extended security options that are accepted (R9). */
  formats?: number[] | undefined;
}

export interface InterfaceInput {
  name: string;
  /** The network device it is mapped to. */
  device?: string | undefined;
  /** DOI of the range. */
  doi?: number | string | undefined;
  /** Shared when plain, else owned by a partition. With a prefix length (`192.0.2.1/24`) its broadcast is known too. */
  addresses: (string | { address: string; partition: string })[];
  /** Lowest and highest label that may arrive. Needed when a partition has multilevel ports. */
  range?: [string, string] | undefined;
}

export interface PartitionInput {
  /** Letters, digits, `.`, `_`, `-`; the first a letter or digit. Not `dropped`. */
  name: string;
  label: string;
  doi?: number | string | undefined;
  /** `false`: reached only on addresses it owns, and then its label may repeat another's (P-27). */
  shared?: boolean | undefined;
  /** Its endpoints. Left out, it takes everything that reaches it. */
  bindings?: BindingInput[] | undefined;
  /** Ports on which it takes every label of the interface's range. */
  multilevelPorts?: string[] | undefined;
}

export interface BindingInput {
  name: string;
  /** What it takes. Left out, whatever no other binding takes. */
  ports?: string[] | undefined;
  /** The one address it is bound to. Left out, any. */
  address?: string | undefined;
}

export type TemplateInput = LabelledTemplateInput | UnlabelledTemplateInput;

/** Hosts that label what they send. */
export interface LabelledTemplateInput {
  type: "labelled";
  doi?: number | string | undefined;
  /** Lowest and highest label they may use. */
  range?: [string, string] | undefined;
  /** Further labels they may use. */
  set?: string[] | undefined;
}

/** Hosts that do not. */
export interface UnlabelledTemplateInput {
  type: "unlabelled";
  doi?: number | string | undefined;
  /** The label of what they send. */
  label: string;
}
