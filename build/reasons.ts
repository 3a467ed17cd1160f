// docs/reasons.md: every reason with its meaning and clause from ts/reason.ts, and what to do about it from here.
import { REASONS, type Reason, type ReasonName } from "../ts/reason.ts";

type Status = "OK" | "OK_NONMINIMAL" | "OK_FRAGMENT" | "NO_LABEL";

const SENDER = "The sender makes malformed options: mend or replace its stack.";

/** What to do about a drop. */
const MENDS: Readonly<Record<Exclude<ReasonName, Status>, string>> = {
  LINK_TRUNCATED: "Capture more of each frame (a snap length of 262,144), or find out who sends runts.",
  VLAN_DEPTH: "No network needs so many; look for a loop that adds tags.",
  NOT_IP: "Usually ARP, LLDP or spanning tree, and nothing to mend. Tunnels, MPLS and SNAP are not looked into.",
  IP_TRUNCATED: "Capture more of each frame (a snap length of 262,144).",
  IP_IHL: "A broken or forged header; find its sender by the link-layer address.",
  IP_LENGTH:
    "A broken or forged header, or a driver that hands over frames before they are whole (switch off offloading).",
  IP_CHECKSUM:
    'When it is our own traffic, captured where it left: checksums were still to be computed by the device. Then leave `"checksum": "verify"` out of the policy.',

  OPT_TRUNCATED: SENDER,
  OPT_LEN_LT2: SENDER,
  OPT_OVERRUN: SENDER,
  OPT_COUNT: "No stack needs so many options in a header: somebody tries what is borne.",
  OPT_UNKNOWN_ACTION:
    "The option itself asks to be dropped by those who don't know it: its sender must do without it here.",
  PADN_NONZERO: "Padding is to be zero; it may carry messages past an inspection.",
  PADN_LONG: "Padding aligns to 8 octets at most; more may carry messages or waste time.",
  PAD1_LONG: "Padding aligns to 8 octets at most; more may waste time.",
  ROUTER_ALERT_LEN: SENDER,

  HBH_NOT_FIRST: "A hop-by-hop header that is hidden behind others may hide a label; nobody sends that honestly.",
  EXT_OVERRUN: SENDER,
  EXT_COUNT: "No stack needs so many extension headers: somebody tries what is borne.",
  FRAG_NESTED: "Nobody fragments fragments honestly.",

  CIPSO_OPT_SHORT: SENDER,
  CIPSO_DOI_ZERO: "Give the sender's configuration a DOI.",
  CIPSO_DOI_UNKNOWN:
    "Add the DOI to the policy: as `doi` of the policy, a partition or a template, or under `dois`. Or the sender is of another domain and does not belong here.",
  CIPSO_TAG_UNKNOWN: "Have the sender use tag type 1, 2 or 5. Linux's local tag 128 never leaves its machine.",
  CIPSO_TAG_TRUNCATED: SENDER,
  CIPSO_TAG_LEN: SENDER,
  CIPSO_TAG_OVERRUN: SENDER,
  CIPSO_MULTI_MAC_TAG: "Two labels in one option: which of them is meant can't be said. Mend the sender.",
  CIPSO_ALIGN_NONZERO: `${SENDER} Under \`"profile": "linux"\` it is passed over.`,
  CIPSO_CAT_LEN_ODD: SENDER,
  CIPSO_RANGE_COUNT: "Labels with more than 7 ranges need tag type 1 or 2 at the sender.",
  CIPSO_CAT_65535: "Renumber the category: 65534 is the highest.",
  CIPSO_CAT_ORDER: SENDER,
  CIPSO_RANGE_INVERTED: SENDER,
  CIPSO_RANGE_OVERLAP: SENDER,
  CIPSO_RANGE_ORDER: SENDER,
  CIPSO_DUPLICATE: "Two labels: which is meant can't be said. Look for a device on the way that adds options.",

  RIPSO_LEN: SENDER,
  RIPSO_LEVEL:
    "Only four codes are in use, chosen so that a flipped bit is none of them: the octet is damaged, or the sender does not mean RFC 1108.",
  RIPSO_AUTH_LEN: SENDER,
  RIPSO_AUTH_NONMINIMAL: SENDER,
  RIPSO_AUTH_UNASSIGNED: "Only five authorities are assigned; the sender means others.",
  RIPSO_DUPLICATE: "Two labels: which is meant can't be said. Look for a device on the way that adds options.",
  RIPSO_ESO_ALONE: "An extended option refines a basic one. Have the sender send both, or neither.",
  RIPSO_ESO_UNREGISTERED:
    "Extended options mean what their authority registered; the policy can't know. Have the sender leave them out.",
  MULTI_SCHEME: "Two labels: which is meant can't be said. Have the sender use one scheme.",

  CALIPSO_NOT_HBH:
    "Have the sender put the label into a hop-by-hop header: behind a destination options header routers can't see it.",
  CALIPSO_DUPLICATE: "Two labels: which is meant can't be said. Look for a device on the way that adds options.",
  CALIPSO_LEN: SENDER,
  CALIPSO_CMPT_OVERRUN: SENDER,
  CALIPSO_LEN_MISMATCH: SENDER,
  CALIPSO_ALIGN: `${SENDER} Under \`"profile": "linux"\` it is passed over.`,
  CALIPSO_CRC:
    "The option was damaged on the way, or changed. When it is each packet of one sender, its stack computes another checksum.",
  CALIPSO_DOI_ZERO: "Give the sender's configuration a DOI.",
  CALIPSO_DOI_UNKNOWN:
    "Add the DOI to the policy: as `doi` of the policy, a partition or a template, or under `dois`. Or the sender is of another domain and does not belong here.",

  RIPSO_NOT_MAPPED: "Say under `ripso` what the level and these authorities stand for, if they are to come in.",
  NOT_OURS:
    "Add the address to the `addresses` of an interface, if it is ours. In a capture of a whole network most frames are for others.",
  WRONG_INTERFACE:
    "Give the interface the device and VLAN that its frames come by; or somebody sends to an address from the wrong side.",
  NO_TEMPLATE:
    "Add a prefix for the sender to `hosts`, if it is known. Group addresses send nothing, whatever the policy says.",
  LABEL_REQUIRED: "Have the sender label what it sends; or, if it can't, give its prefix an unlabelled template.",
  SENDER_NOT_ACCREDITED:
    "Widen the template's `range` or `set`, if the sender may send this label. Else it says what it may not.",
  LABEL_NOT_MAPPED: "Add level and categories to the table of the DOI under `dois`.",
  FRAG_REFUSED:
    "Look at why the datagram's other fragment was dropped; this one goes with it. After a change of the policy it is expected for a moment.",
  FRAG_LABEL_MISSING:
    "Each fragment has to carry the label of the first: have the sender copy options into fragments (RFC 791, the copied flag).",
  FRAG_LABEL_MISMATCH: "Two labels in one datagram: somebody mixes in fragments of his own.",
  FRAG_NO_FIRST:
    "The first fragment was lost, comes later than this one, or was displaced by newer datagrams. A few are usual; many are a flood, or a path that reorders.",
  FRAG_LENGTH: SENDER,
  FRAG_TOO_LONG: 'Nobody sends that honestly ("ping of death").',
  FRAG_OVERLAP: "Overlapping fragments say two things at once; nobody sends them honestly.",
  FRAG_DUPLICATE: "The network doubled a packet, or somebody repeats it. Nothing is lost.",
  FRAG_PIECES: "The fragments of a datagram come in a very mixed order: look at the path, or send smaller datagrams.",
  PORTS_MISSING: "A packet too short for its own ports: mend the sender.",
  NO_PARTITION:
    "Add a partition with this label, if it is to be received. Labels match exactly: `5:0` is not `5`. What several labels may reach is a multilevel port.",
  NO_MEMBER: "Add the group to the `groups` of a partition that is to get it.",
  GROUP_TCP: "Nobody opens a connection to a group honestly.",
  PARTITION_LABEL_MISMATCH:
    "The address belongs to one partition, whose label is another: send with its label, or to a shared address.",
  OUTSIDE_INTERFACE_RANGE: "Widen the `range` of the interface, if this label may travel on its network.",
  NO_BINDING: "Add a binding for the port, or one without `ports` that takes the rest.",
};

/** What the statuses that are no drops mean for a frame. */
const STATUSES: Readonly<Record<Status, string>> = {
  OK: "goes on to the policy; as a reason: delivered",
  OK_NONMINIMAL: "goes on to the policy",
  OK_FRAGMENT: "goes on to the policy",
  NO_LABEL: "goes on to the policy, which says what its sender's packets are without one",
};

const CHAPTERS: readonly (readonly [title: string, holds: (reason: Reason) => boolean])[] = [
  ["Frames and headers", ({ rule }) => /^[LOIEM]\d/.test(rule)],
  ["CIPSO", ({ rule }) => /^C\d/.test(rule)],
  ["RIPSO", ({ rule }) => /^R\d/.test(rule)],
  ["CALIPSO", ({ rule }) => /^K\d/.test(rule)],
  ["The policy", ({ rule }) => /^step/.test(rule)],
];

/** The text of docs/reasons.md. */
export function reasonsText(): string {
  const drops = REASONS.filter(({ name }) => !(name in STATUSES));
  const chapters = CHAPTERS.flatMap(([title, holds]) => [
    `## ${title}`,
    "",
    ...drops.filter(holds).flatMap((reason) => section(reason, MENDS[reason.name as keyof typeof MENDS])),
  ]);
  return `${[
    "# Reasons",
    "",
    `Every drop has one of ${drops.length} reasons. It names the rule that was broken, and points at an octet of the frame: \`labelgate explain\` shows`,
    "both over a hex dump, and each step that came before. Rules and the order in which they are asked are in",
    "[decision.md](decision.md). This page is made from the library's own table (`REASONS`).",
    "",
    "What the options of a well-formed frame say is its status; these are no drops:",
    "",
    "| status | means | the frame |",
    "|---|---|---|",
    ...REASONS.filter(({ name }) => name in STATUSES).map(
      ({ name, sentence }) => `| \`${name}\` | ${sentence} | ${STATUSES[name as Status]} |`,
    ),
    "",
    ...chapters,
  ]
    .join("\n")
    .trimEnd()}\n`;
}

function section({ name, rule, sentence, clause }: Reason, mend: string): string[] {
  return [`### \`${name}\``, "", `${capital(sentence)}. *${rule}, ${clause}.*`, "", mend, ""];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
