// Every outcome of reading and judging a frame, one number each. This file is compiled by asc into the
// kernel and imported by ts/: the numbers live nowhere else. Names are seen from outside and do not change.
// The words that go with each (sentence, clause) are in ts/reason.ts; the rules are in docs/decision.md.

// What the options say (a frame that got this far is well formed).
export const OK = 0; // one label, in its shortest legal form
export const OK_NONMINIMAL = 1; // one label, padded more than it had to be
export const OK_FRAGMENT = 2; // one label, on a fragment
export const NO_LABEL = 3; // no label option

// Link layer: L1-L3.
export const LINK_TRUNCATED = 4;
export const VLAN_DEPTH = 5;
export const NOT_IP = 6;

// IP header: O1, O2 and section 1 of the decision.
export const IP_TRUNCATED = 7;
export const IP_IHL = 8;
export const IP_LENGTH = 9;
export const IP_CHECKSUM = 10;

// IPv4 options and IPv6 option headers: O5-O7, M1-M4.
export const OPT_TRUNCATED = 11;
export const OPT_LEN_LT2 = 12;
export const OPT_OVERRUN = 13;
export const OPT_COUNT = 14;
export const OPT_UNKNOWN_ACTION = 15;
export const PADN_NONZERO = 16;
export const PADN_LONG = 17;
export const PAD1_LONG = 18;
export const ROUTER_ALERT_LEN = 19;

// IPv6 extension headers: E1-E4.
export const HBH_NOT_FIRST = 20;
export const EXT_OVERRUN = 21;
export const EXT_COUNT = 22;
export const FRAG_NESTED = 23;

// CIPSO: C1-C16.
export const CIPSO_OPT_SHORT = 24;
export const CIPSO_DOI_ZERO = 25;
export const CIPSO_DOI_UNKNOWN = 26;
export const CIPSO_TAG_UNKNOWN = 27;
export const CIPSO_TAG_TRUNCATED = 28;
export const CIPSO_TAG_LEN = 29;
export const CIPSO_TAG_OVERRUN = 30;
export const CIPSO_MULTI_MAC_TAG = 31;
export const CIPSO_ALIGN_NONZERO = 32;
export const CIPSO_CAT_LEN_ODD = 33;
export const CIPSO_RANGE_COUNT = 34;
export const CIPSO_CAT_65535 = 35;
export const CIPSO_CAT_ORDER = 36;
export const CIPSO_RANGE_INVERTED = 37;
export const CIPSO_RANGE_OVERLAP = 38;
export const CIPSO_RANGE_ORDER = 39;
export const CIPSO_DUPLICATE = 40;

// RIPSO: R1-R10.
export const RIPSO_LEN = 41;
export const RIPSO_LEVEL = 42;
export const RIPSO_AUTH_LEN = 43;
export const RIPSO_AUTH_NONMINIMAL = 44;
export const RIPSO_AUTH_UNASSIGNED = 45;
export const RIPSO_DUPLICATE = 46;
export const RIPSO_ESO_ALONE = 47;
export const RIPSO_ESO_UNREGISTERED = 48;
export const MULTI_SCHEME = 49;

// CALIPSO: K1-K9.
export const CALIPSO_NOT_HBH = 50;
export const CALIPSO_DUPLICATE = 51;
export const CALIPSO_LEN = 52;
export const CALIPSO_CMPT_OVERRUN = 53;
export const CALIPSO_LEN_MISMATCH = 54;
export const CALIPSO_ALIGN = 55;
export const CALIPSO_CRC = 56;
export const CALIPSO_DOI_ZERO = 57;
export const CALIPSO_DOI_UNKNOWN = 58;

// Policy, in the order of the decision.
export const RIPSO_NOT_MAPPED = 59;
export const NOT_OURS = 60;
export const NO_TEMPLATE = 61;
export const LABEL_REQUIRED = 62;
export const SENDER_NOT_ACCREDITED = 63;
export const FRAG_LABEL_MISSING = 64;
export const FRAG_LABEL_MISMATCH = 65;
export const FRAG_NO_FIRST = 66;
export const FRAG_OVERLAP = 67;
export const PORTS_MISSING = 68;
export const NO_PARTITION = 69;
export const PARTITION_LABEL_MISMATCH = 70;
export const OUTSIDE_INTERFACE_RANGE = 71;
export const NO_BINDING = 72;

// Of the whole policy: arrival, DOI mapping, Rule F, broadcast and multicast.
export const WRONG_INTERFACE = 73;
export const LABEL_NOT_MAPPED = 74;
export const FRAG_REFUSED = 75;
export const FRAG_LENGTH = 76;
export const FRAG_TOO_LONG = 77;
export const FRAG_DUPLICATE = 78;
export const FRAG_PIECES = 79;
export const NO_MEMBER = 80;
export const GROUP_TCP = 81;
