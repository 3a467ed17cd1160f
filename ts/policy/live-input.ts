/**
 * `live` as people write it: what a policy's interfaces and partitions are on this machine. Classifiers pass over it.
 *
 * @module
 */

/** For `labelgate run` and `labelgate netns`. */
export interface LiveInput {
  /** By name of the interface. */
  readonly interfaces?: Readonly<Record<string, LiveInterfaceInput>> | undefined;
  /** By name of the partition. One that is left out has no port: what is for it is counted, and gone. */
  readonly partitions: Readonly<Record<string, LivePartitionInput>>;
  /** `true`: ICMP tells labelled IPv4 senders what was wrong with a label (CIPSO 2.2 section 5). `false` unless told so. */
  readonly icmpErrors?: boolean | undefined;
}

/** An interface on this machine. */
export interface LiveInterfaceInput {
  /** The other end of its device: a veth pair that `labelgate netns up` makes. */
  readonly peer?: string | undefined;
  /** Where packets go that are for no network of the interface: one address a family. */
  readonly gateways?: readonly string[] | undefined;
  /** Hardware address by address: these are not asked for, nor learnt. */
  readonly neighbours?: Readonly<Record<string, string>> | undefined;
  /** The option that IPv4 packets get; `cipso` unless told otherwise. `ripso` needs `"ripso": { "mode": "map" }`. */
  readonly ipv4?: "cipso" | "ripso" | undefined;
}

/** A partition on this machine. */
export interface LivePartitionInput {
  /** How its packets come and go. */
  readonly port: PortInput;
  /** `strip`, unless told otherwise: packets are delivered without their label. What it sends is labelled either way. */
  readonly labels?: "strip" | "pass" | undefined;
  /** The most octets of a packet inside, 1280 to 65535; left out, the smallest of the interfaces', less 40 for a label. */
  readonly mtu?: number | undefined;
}

/**
 * Our end of a veth pair, a TAP device in a namespace, a Unix stream socket that we listen at, or a worker that the program
 * brings by this name.
 */
export type PortInput =
  | {
      readonly veth: string;
      readonly namespace?: string | undefined;
      /** Name of the other end, in the namespace; `eth0` unless told otherwise. */
      readonly inside?: string | undefined;
    }
  | { readonly tap: string; readonly namespace?: string | undefined }
  | { readonly unix: string }
  | { readonly worker: string };
