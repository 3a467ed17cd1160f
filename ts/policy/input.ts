/**
 * A policy as people write it: the object in the API, the JSON file on the command line.
 *
 * Labels are text in any of the four forms of ts/notation.ts: `5:0,2.4`, `s5:c0,c2.c4`, `0x0005-08-b8`, names.
 * Ports are `80/tcp`, `6000-6003/udp`, `*\/icmp`. A DOI is a number from 1 to 4294967295, or `a:b:c:d`.
 *
 * @module
 */
import type { LiveInput } from "./live-input.ts";

export type * from "./live-input.ts";

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
  readonly $schema?: string | undefined;
  /** The DOI of every label that names none. */
  readonly doi: number | string;
  /** `strict` (the standards) unless told otherwise. */
  readonly profile?: "strict" | "linux" | undefined;
  /** Whether the IPv4 header checksum is verified (I2). `ignore` unless told otherwise: captures hold unset ones. */
  readonly checksum?: "verify" | "ignore" | undefined;
  /** Words for levels, categories and whole labels. */
  readonly names?: NamesInput | undefined;
  /** What becomes of labels, by their DOI. One that is not listed passes: its labels stand for themselves. */
  readonly dois?: Readonly<Record<string, DoiInput>> | undefined;
  /** What RIPSO labels mean; left out, packets that carry one are dropped (`RIPSO_NOT_MAPPED`). */
  readonly ripso?: RipsoInput | undefined;
  /** At least one. */
  readonly interfaces: readonly InterfaceInput[];
  /** The containers, or whatever has one label. */
  readonly partitions: readonly PartitionInput[];
  /** The partition that receives exempt control packets (step 6); left out, they are dropped. */
  readonly control?: string | undefined;
  /** Host templates by name. */
  readonly templates: Readonly<Record<string, TemplateInput>>;
  /** Template name by address prefix. The longest prefix that holds a sender wins. */
  readonly hosts: Readonly<Record<string, string>>;
  /** What interfaces and partitions are on this machine: for `labelgate run`. Nothing is judged by it. */
  readonly live?: LiveInput | undefined;
}

/**
 * Words for numbers, usable in every label of the policy, in any case: `SECRET ALPHA`, `SECRET : ALPHA`.
 *
 * @example
 * ```ts
 * import { formatLabelAs, type NamesInput, parseLabel, resolveNames } from "labelgate";
 * const input: NamesInput = {
 *   levels: { PUBLIC: 1, SECRET: { value: 5, short: "S", categories: "7" } },
 *   words: [{ name: "NEED TO KNOW", short: "NTK", categories: "0,2" }, { name: "REL", categories: "~7" }],
 *   labels: { SystemHigh: "15:0.1023" },
 * };
 * const names = resolveNames(input);
 * const label = parseLabel("secret : need to know rel", 16, names);
 * formatLabelAs(label, "levels"); // "5:0,2"
 * formatLabelAs(label, "names", names); // "SECRET NEED TO KNOW REL"
 * formatLabelAs(label, "short", names); // "S NTK REL"
 * ```
 */
export interface NamesInput {
  /** Level (0–255) by name. */
  readonly levels?: Readonly<Record<string, number | LevelNameInput>> | undefined;
  /** Category (0–65534) by name: words that stand for just one. */
  readonly categories?: Readonly<Record<string, number>> | undefined;
  /** Further words, which may stand for several categories. */
  readonly words?: readonly WordInput[] | undefined;
  /** Whole labels by name, as numbers: `15:0.1023`, `s15:c0.c1023`, `0x000f-08-ff`. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** A level and more than its number. */
export interface LevelNameInput {
  /** 0 to 255. */
  readonly value: number;
  /** Another form of the name. */
  readonly short?: string | undefined;
  /** Further names that are read. */
  readonly alternates?: readonly string[] | undefined;
  /** Categories that a label written with the name has from the beginning: `4.5,190.239`. */
  readonly categories?: string | undefined;
}

/** A word for categories. */
export interface WordInput {
  /** The word. */
  readonly name: string;
  /** Another form of the word. */
  readonly short?: string | undefined;
  /** Further names that are read. */
  readonly alternates?: readonly string[] | undefined;
  /** Those it sets, and with `~` those that it clears of the level's: `0,2.4,~7`. */
  readonly categories: string;
}

/** How packets with labels of another DOI are treated. */
export type DoiInput = PassedDoiInput | TranslatedDoiInput;

/** Labels of the DOI keep their numbers. */
export interface PassedDoiInput {
  /** Their labels are compared as they are. */
  readonly mode: "pass";
  /** DOI they are taken over into; left out, their own. */
  readonly to?: number | string | undefined;
}

/** Labels of the DOI are renumbered; one with a level or category that has no counterpart is dropped. */
export interface TranslatedDoiInput {
  /** Their labels are replaced by counterparts of ours. */
  readonly mode: "translate";
  /** DOI they are translated into; left out, the policy's. */
  readonly to?: number | string | undefined;
  /** Our level (number or name) by theirs. No two may have one counterpart. */
  readonly levels: Readonly<Record<string, number | string>>;
  /** Our category (number, name, or run `a.b`) by theirs (`a` or a run `a.b` of the same length), 0 to 2047. */
  readonly categories?: Readonly<Record<string, number | string>> | undefined;
}

/** What Basic Security Options stand for (RFC 1108). */
export interface RipsoInput {
  /** `map`: level and authorities stand for a label. `ignore`: options 130 and 133 are passed over. */
  readonly mode: "map" | "ignore";
  /** DOI of the labels they stand for. */
  readonly doi?: number | string | undefined;
  /** Level number or name by RIPSO level: `TOP SECRET`, `SECRET`, `CONFIDENTIAL`, `UNCLASSIFIED`. */
  readonly levels?: Readonly<Record<string, number | string>> | undefined;
  /** Categories by combination of authorities: `GENSER+NSA`; `NONE` for no authority. */
  readonly authorities?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Format codes (0–255) of extended security options that are accepted (R9). */
  readonly formats?: readonly number[] | undefined;
}

/** A connection to the network, and the addresses that are ours on it. */
export interface InterfaceInput {
  /** A name for it in messages. */
  readonly name: string;
  /** The network device it is mapped to (P-01). A frame that is known to have come by another is not for it. */
  readonly device?: string | undefined;
  /** The VLAN it is on, 1 to 4094; 0 for untagged frames. Left out, tags are not looked at. */
  readonly vlan?: number | undefined;
  /** DOI of the range. */
  readonly doi?: number | string | undefined;
  /** Shared when plain, else owned by a partition. With a prefix length (`192.0.2.1/24`) its broadcast is known too. */
  readonly addresses: readonly (string | { readonly address: string; readonly partition: string })[];
  /** Lowest and highest label that may arrive. Needed when a partition has multilevel ports. */
  readonly range?: readonly [string, string] | undefined;
}

/** A container: what has one label. */
export interface PartitionInput {
  /** Letters, digits, `.`, `_`, `-`; the first a letter or digit. Not `dropped`. */
  readonly name: string;
  /** Its label; on shared addresses no two partitions have the same. */
  readonly label: string;
  /** Of the label; that of the policy when left out. */
  readonly doi?: number | string | undefined;
  /**
   * `false`: reached only on addresses it owns, and by control packets if it is the control partition. Its label may repeat
   * another's (P-27).
   */
  readonly shared?: boolean | undefined;
  /** Its endpoints. Left out, it takes everything that reaches it. */
  readonly bindings?: readonly BindingInput[] | undefined;
  /** Ports of the shared addresses on which it takes every label of the interface's range. */
  readonly multilevelPorts?: readonly string[] | undefined;
  /** The same for the addresses it owns. */
  readonly privateMultilevelPorts?: readonly string[] | undefined;
  /**
   * Labels it takes ICMP of: `own` (unless told otherwise), or every one of the interface's range, on the addresses it
   * owns and as broadcast or multicast (F-22).
   */
  readonly icmp?: "own" | "range" | undefined;
  /** Multicast groups it has joined, on any interface or on one. */
  readonly groups?: readonly (string | { readonly address: string; readonly interface: string })[] | undefined;
}

/** An endpoint of a partition. */
export interface BindingInput {
  /** Behind the name of the partition: `public/web`. */
  readonly name: string;
  /** What it takes. Left out, whatever no other binding takes. */
  readonly ports?: readonly string[] | undefined;
  /** The one address it is bound to. Left out, any. */
  readonly address?: string | undefined;
  /**
   * Read-down: `true` takes from unlabelled senders, on shared addresses, also what the partition's label dominates,
   * unless the partition of that label takes it. Needs ports, which no other partition may bind then (B-02).
   */
  readonly acceptLower?: boolean | undefined;
}

/** What is believed of remote hosts. */
export type TemplateInput = LabelledTemplateInput | UnlabelledTemplateInput;

/** Hosts that label what they send. */
export interface LabelledTemplateInput {
  /** They label what they send. */
  readonly type: "labelled";
  /** Of their labels; that of the policy when left out. */
  readonly doi?: number | string | undefined;
  /** Lowest and highest label they may use. */
  readonly range?: readonly [string, string] | undefined;
  /** Further labels they may use. */
  readonly set?: readonly string[] | undefined;
}

/** Hosts that do not. */
export interface UnlabelledTemplateInput {
  /** They do not label what they send. */
  readonly type: "unlabelled";
  /** Of the labels; that of the policy when left out. */
  readonly doi?: number | string | undefined;
  /** The label of what they send. */
  readonly label: string;
}
