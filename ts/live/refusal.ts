/**
 * Why what a partition sends goes no further, by name. What its packets say wrong has the names of reasons (ts/reason.ts).
 *
 * @module
 */

// rule, sentence
const WORDS: Readonly<Record<RefusalName, readonly [rule: string, sentence: string]>> = {
  SOURCE_NOT_OURS: ["P-02", "the source is no address that the partition may use"],
  LABEL_NOT_OWN: ["S-01", "the packet carries a label that is not the partition's"],
  LABEL_NOT_KNOWN: ["S-01", "a multilevel port answers nobody that was heard: the label of the answer is not known"],
  GROUP_DESTINATION: ["M-05", "broadcasts and multicasts of partitions do not leave: their labels would be lost"],
  LOCAL_DESTINATION: ["S-11", "the destination is an address of ours"],
  NO_DESTINATION_TEMPLATE: ["S-02, G-03", "no host prefix holds the destination"],
  DESTINATION_NOT_ACCREDITED: ["S-03, S-04, G-04", "the destination may not get this label"],
  NO_ROUTE: ["S-06", "the destination is on no network of the interface, and there is no gateway"],
  NO_GATEWAY_TEMPLATE: ["S-06, G-03", "no host prefix holds the gateway"],
  GATEWAY_NOT_ACCREDITED: ["S-06", "the gateway may not get this label"],
  LABEL_MAY_NOT_LEAVE: ["RFC 5570 6.2.1", "the label is outside the range of the interface it would leave by"],
  LABEL_NOT_ENCODABLE: ["S-05", "no option of the wire can say this label"],
  NO_ROOM_FOR_LABEL: ["O-02, O-05", "the packet's header has no room for the label"],
  AUTHENTICATED: ["RFC 4302", "a label would break the packet's authentication header"],
  NOT_WHOLE: ["O-01", "the frame does not hold its whole packet"],
  TOO_BIG: ["E-03", "with its label the packet is larger than the wire takes"],
  NO_NEIGHBOUR: ["RFC 1122 2.3.2.2", "the next host on the wire does not answer"],
};

/** Name of a refusal. */
export type RefusalName =
  | "SOURCE_NOT_OURS"
  | "LABEL_NOT_OWN"
  | "LABEL_NOT_KNOWN"
  | "GROUP_DESTINATION"
  | "LOCAL_DESTINATION"
  | "NO_DESTINATION_TEMPLATE"
  | "DESTINATION_NOT_ACCREDITED"
  | "NO_ROUTE"
  | "NO_GATEWAY_TEMPLATE"
  | "GATEWAY_NOT_ACCREDITED"
  | "LABEL_MAY_NOT_LEAVE"
  | "LABEL_NOT_ENCODABLE"
  | "NO_ROOM_FOR_LABEL"
  | "AUTHENTICATED"
  | "NOT_WHOLE"
  | "TOO_BIG"
  | "NO_NEIGHBOUR";

/** A refusal, explained. */
export interface Refusal {
  /** As in counters. */
  readonly name: RefusalName;
  /** Rules of the sending side. */
  readonly rule: string;
  /** What is so, in a sentence. */
  readonly sentence: string;
}

/** Every refusal. */
export const REFUSALS: readonly Refusal[] = (Object.entries(WORDS) as [RefusalName, (typeof WORDS)[RefusalName]][]).map(
  ([name, [rule, sentence]]) => ({ name, rule, sentence }),
);
