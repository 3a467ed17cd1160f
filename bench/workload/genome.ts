// What attack traffic is made of: a few genes that say what every frame of it is like. What is not said is drawn for each
// frame.

/** The label of a frame, new for each frame or one of a few. */
export interface LabelGene {
  readonly kind: "tag1" | "tag2" | "tag5" | "calipso";
  /** Octets of a bitmap, categories or ranges. */
  readonly size: number;
  /** Categories of tag 2 and 5 are between these. */
  readonly from: number;
  readonly to: number;
  /** How many bits of a bitmap are set. */
  readonly bits: "few" | "half" | "all";
  /** Labels there are; 0: each frame has a new one. `bound`: those of partitions that bind only some ports. */
  readonly labels: number | "bound";
  readonly doi: "own" | "renumbered" | "unknown";
  /** Wrong in the last octets that are read. */
  readonly broken: boolean;
}

/** Options that are no label: `pad` so many of one octet, `skip` one of so many octets, `padn` the same of padding. */
export interface FillGene {
  readonly kind: "pad" | "padn" | "skip" | "basic" | "extended";
  readonly size: number;
}

export type OptionGene = LabelGene | FillGene;

/** An extension header of IPv6, with options if it is of a kind that has them. */
export interface HeaderGene {
  readonly kind: "hop" | "destination" | "routing" | "authentication" | "atomic" | "fragment";
  readonly options: readonly OptionGene[];
}

export interface Genome {
  readonly version: 4 | 6;
  /** VLAN tags. */
  readonly tags: number;
  /** One of the policy's hosts; one of them; an unlabelled one; nobody it knows. */
  readonly sender: "known" | "one" | "unlabelled" | "unknown";
  readonly destination: "shared" | "owned" | "group" | "foreign";
  readonly protocol: number;
  /** One that bindings name, a multilevel one, any. */
  readonly port: "named" | "multilevel" | "any";
  /** Options of IPv4. */
  readonly options: readonly OptionGene[];
  /** Extension headers of IPv6. */
  readonly headers: readonly HeaderGene[];
  /** Pieces of each datagram that are sent, with gaps between them; 0: no fragments. */
  readonly pieces: number;
  /** Datagrams in pieces at once. */
  readonly live: number;
  /** Octets of a frame, if its headers have fewer. */
  readonly size: number;
}

const UDP = 17;

export const LABEL: LabelGene = {
  ...{ kind: "tag1", size: 30, from: 0, to: 239, bits: "half", labels: 0, doi: "own", broken: false },
};

export const PLAIN: Genome = {
  ...{ version: 4, tags: 0, sender: "known", destination: "shared", protocol: UDP, port: "any" },
  ...{ options: [], headers: [], pieces: 0, live: 1, size: 64 },
};

export function isLabel(option: OptionGene): option is LabelGene {
  return "labels" in option;
}
