/**
 * Every reason in words: its name, a sentence, and the clause it rests on. The numbers are assembly/reason.ts, the rules
 * docs/decision.md.
 *
 * @module
 */
import * as codes from "../assembly/reason.ts";

/** Name of a reason: what stands in records and counters. */
export type ReasonName = keyof typeof codes;

/** A reason, explained. */
export interface Reason {
  /** Number in verdict columns. */
  readonly code: number;
  /** As in records and counters. */
  readonly name: ReasonName;
  /** Rule tag in docs/decision.md. */
  readonly rule: string;
  /** What is so, in a sentence. */
  readonly sentence: string;
  /** The clause of a standard, or of the decision. */
  readonly clause: string;
}

const CIPSO = "CIPSO 2.2 (draft-ietf-cipso-ipsecurity-01)";

// rule, clause, sentence
const WORDS: { readonly [Name in ReasonName]: readonly [rule: string, clause: string, sentence: string] } = {
  OK: ["step 3", "label options", "the packet carries one well-formed label"],
  OK_NONMINIMAL: ["step 3", "label options", "the packet carries one label, padded more than needed"],
  OK_FRAGMENT: ["step 3", "label options", "the fragment carries one well-formed label"],
  NO_LABEL: ["step 3", "label options", "the packet carries no label option"],

  LINK_TRUNCATED: ["L1", "step 1", "the frame ends inside its link-layer header"],
  VLAN_DEPTH: ["L2", "step 1", "there are more than 8 VLAN tags"],
  NOT_IP: ["L3", "step 1", "the frame holds no IPv4 or IPv6 packet"],
  IP_TRUNCATED: ["O2", "RFC 791 3.1, RFC 8200 3", "the capture ends inside headers or ports that are needed"],
  IP_IHL: ["O1", "RFC 791 3.1", "the header length is below 5 words"],
  IP_LENGTH: ["I1", "RFC 791 3.1, RFC 8200 3", "the length field is shorter than the header or longer than the frame"],
  IP_CHECKSUM: ["I2", "RFC 1122 3.2.1.2", "the header checksum is wrong"],

  OPT_TRUNCATED: ["O5", "RFC 791 3.1, RFC 8200 4.2", "an option has no room for its length octet"],
  OPT_LEN_LT2: ["O6", "RFC 791 3.1, RFC 6274 3.13.1.3", "an option's length is below 2"],
  OPT_OVERRUN: ["O7", "RFC 791 3.1, RFC 6274 3.13.1.3", "an option runs past the end of its header"],
  OPT_COUNT: ["M2", "RFC 8504 5.3", "a header has more than 8 options"],
  OPT_UNKNOWN_ACTION: ["M4", "RFC 8200 4.2", "an unknown option says to discard the packet"],
  PADN_NONZERO: ["M1", "RFC 4942 2.1.9.5, RFC 8504 5.3", "padding hides octets that are not zero"],
  PADN_LONG: ["M1", "RFC 8504 5.3", "more than 7 octets of padding in a row, the last by PadN"],
  PAD1_LONG: ["M1", "RFC 8504 5.3", "more than 7 octets of padding in a row, the last by Pad1"],
  ROUTER_ALERT_LEN: ["M4", "RFC 2711 2.1", "the Router Alert option is not 2 octets long"],

  HBH_NOT_FIRST: ["E1", "RFC 8200 4.1", "a hop-by-hop header does not follow the IPv6 header directly"],
  EXT_OVERRUN: ["E4", "RFC 8200 4", "an extension header runs past the end of the packet"],
  EXT_COUNT: ["E2", "RFC 8504 5.3", "there are more than 12 extension headers"],
  FRAG_NESTED: ["E3", "RFC 8200 4.5", "a fragment header follows another one"],

  CIPSO_OPT_SHORT: ["C1", `${CIPSO} 3.1`, "the CIPSO option is shorter than 8 octets"],
  CIPSO_DOI_ZERO: ["C2", `${CIPSO} 3.3`, "the DOI is 0, which is reserved"],
  CIPSO_DOI_UNKNOWN: ["C3", `${CIPSO} 5.1`, "the DOI is not configured"],
  CIPSO_TAG_UNKNOWN: ["C4", `${CIPSO} 3.4, 5.1.1`, "the tag type is not 1, 2 or 5"],
  CIPSO_TAG_TRUNCATED: ["C5", `${CIPSO} 3.4`, "a tag has no room for its length octet"],
  CIPSO_TAG_LEN: ["C6", `${CIPSO} 3.4`, "a tag's length is below 4"],
  CIPSO_TAG_OVERRUN: ["C7", `${CIPSO} 3.4`, "a tag runs past the end of the option"],
  CIPSO_MULTI_MAC_TAG: ["C8", `${CIPSO} 5.2`, "the option has more than one sensitivity tag"],
  CIPSO_ALIGN_NONZERO: ["C9", `${CIPSO} 3.4.2`, "the alignment octet is not 0"],
  CIPSO_CAT_LEN_ODD: ["C10", `${CIPSO} 3.4.3, 3.4.4`, "the categories end in half a category"],
  CIPSO_RANGE_COUNT: ["C11", `${CIPSO} 3.4.4`, "the tag has more than 7 category ranges"],
  CIPSO_CAT_65535: ["C12", `${CIPSO} 3.4.3, 3.4.4`, "category 65535 is not a category"],
  CIPSO_CAT_ORDER: ["C13", `${CIPSO} 3.4.3`, "the categories do not ascend"],
  CIPSO_RANGE_INVERTED: ["C14", `${CIPSO} 3.4.4`, "a category range has its top below its bottom"],
  CIPSO_RANGE_OVERLAP: ["C15", `${CIPSO} 3.4.4`, "two category ranges touch or overlap"],
  CIPSO_RANGE_ORDER: ["C15", `${CIPSO} 3.4.4`, "the category ranges do not descend"],
  CIPSO_DUPLICATE: ["C16", `${CIPSO} 3, 5.2`, "there is a second CIPSO option"],

  RIPSO_LEN: ["R1, R4", "RFC 1108 2.2, 3.2", "the RIPSO option is shorter than 3 octets"],
  RIPSO_LEVEL: ["R2", "RFC 1108 2.3", "the classification level is not one of the four in use"],
  RIPSO_AUTH_LEN: ["R3", "RFC 1108 2.4", "the authority octets do not end where the option does"],
  RIPSO_AUTH_NONMINIMAL: ["R5", "RFC 1108 2.4", "the last authority octet has no flag and should not be there"],
  RIPSO_AUTH_UNASSIGNED: ["R6", "RFC 1108 2.4", "an authority flag is set that is not assigned"],
  RIPSO_DUPLICATE: ["R7", "RFC 1108 2", "there is a second basic security option"],
  RIPSO_ESO_ALONE: ["R8", "RFC 1108 3.6", "an extended security option stands without a basic one"],
  RIPSO_ESO_UNREGISTERED: ["R9", "RFC 1108 3.6", "the extended security option's format code is not configured"],
  MULTI_SCHEME: ["R10", "step 3", "the packet carries a RIPSO and a CIPSO label"],

  CALIPSO_NOT_HBH: ["K1", "RFC 5570 5.1", "the CALIPSO option stands in a destination options header"],
  CALIPSO_DUPLICATE: ["K2", "RFC 5570 5", "there is a second CALIPSO option"],
  CALIPSO_LEN: ["K3", "RFC 5570 5.1.2", "the CALIPSO option is shorter than its fixed part"],
  CALIPSO_CMPT_OVERRUN: ["K4", "RFC 5570 5.1.3", "the compartment bitmap runs past the end of the option"],
  CALIPSO_LEN_MISMATCH: ["K5", "RFC 5570 5.1.3", "octets follow the compartment bitmap inside the option"],
  CALIPSO_ALIGN: ["K6", "RFC 5570 5.1", "the CALIPSO option is not aligned to 4n+2"],
  CALIPSO_CRC: ["K7", "RFC 5570 5.1.7, 6.2.2", "the CALIPSO checksum is wrong"],
  CALIPSO_DOI_ZERO: ["K8", "RFC 5570 5.1.5", "the DOI is the null DOI, which never travels"],
  CALIPSO_DOI_UNKNOWN: ["K9", "RFC 5570 6.2.2", "the DOI is not configured"],

  RIPSO_NOT_MAPPED: ["step 3", "policy: ripso", "the policy maps this RIPSO level and authorities to no label"],
  NOT_OURS: ["step 4", "policy: interfaces", "the destination is no address of our interfaces"],
  WRONG_INTERFACE: [
    "step 4",
    "policy: interfaces",
    "the frame came by another device or VLAN than its destination's interface",
  ],
  NO_TEMPLATE: ["step 5", "policy: hosts", "no host prefix holds the sender, or nobody sends from its address"],
  LABEL_REQUIRED: ["step 6", "policy: templates", "the sender should have labelled the packet and did not"],
  SENDER_NOT_ACCREDITED: ["step 7", "policy: templates", "the sender may not send this label"],
  LABEL_NOT_MAPPED: ["step 7", "policy: dois", "the label has no counterpart in the DOI that its own is mapped to"],
  FRAG_REFUSED: ["step 8", "Rule F", "another fragment of the datagram was refused"],
  FRAG_LABEL_MISSING: ["step 8", "Rule F", "a fragment lacks the label of its datagram"],
  FRAG_LABEL_MISMATCH: ["step 8", "Rule F", "a fragment's label differs from that of its datagram"],
  FRAG_NO_FIRST: ["step 8", "Rule F", "the fragment with the ports has not been seen"],
  FRAG_LENGTH: ["step 8", "RFC 791 3.2, RFC 8200 4.5", "a fragment that is not the last is no multiple of 8 octets"],
  FRAG_TOO_LONG: ["step 8", "RFC 791 3.1, RFC 8200 4.5", "the fragments make a datagram above 65535 octets"],
  FRAG_OVERLAP: ["step 8", "RFC 5722 4, RFC 8200 4.5", "fragments of one datagram overlap, or differ in their ports"],
  FRAG_DUPLICATE: ["step 8", "RFC 8200 4.5", "all octets of the fragment came before"],
  FRAG_PIECES: ["step 8", "Rule F", "the fragments taken have more gaps between them than are followed"],
  PORTS_MISSING: ["step 8", "RFC 9293 3.1, RFC 768", "the packet ends before its ports"],
  NO_PARTITION: ["step 9", "policy: partitions", "no partition has this label"],
  NO_MEMBER: ["step 9", "policy: groups", "no partition has joined the group"],
  GROUP_TCP: ["step 9", "RFC 1122 4.2.3.10", "TCP goes to one host, and this is a broadcast or multicast"],
  PARTITION_LABEL_MISMATCH: ["step 9", "policy: partitions", "the partition that owns the address has another label"],
  OUTSIDE_INTERFACE_RANGE: ["step 10", "policy: interfaces", "the label is outside the interface's range"],
  NO_BINDING: ["step 11", "policy: bindings", "nothing of the partition is bound to this port"],
};

/** Every reason, by its number. */
export const REASONS: readonly Reason[] = (Object.entries(codes) as [ReasonName, number][])
  .map(([name, code]) => {
    const [rule, clause, sentence] = WORDS[name];
    return { code, name, rule, sentence, clause };
  })
  .sort((a, b) => a.code - b.code);

const BY_NAME: ReadonlyMap<string, Reason> = new Map(REASONS.map((reason) => [reason.name, reason]));

/** The name of a reason's number. */
export function reasonName(code: number): ReasonName {
  return REASONS[code]!.name;
}

/** A reason by its name. */
export function reasonNamed(name: ReasonName): Reason {
  return BY_NAME.get(name)!;
}

/** Whether a status (steps 1–3) lets a packet go on to the policy. */
export function isWellFormed(status: number): boolean {
  return status <= codes.NO_LABEL;
}

/** Whether a status comes with a label. */
export function isLabelled(status: number): boolean {
  return status <= codes.OK_FRAGMENT || status === codes.RIPSO_ESO_UNREGISTERED;
}
