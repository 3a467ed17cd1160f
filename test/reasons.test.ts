// Every reason is reached: a frame for each, with the octet to blame. A new reason without a frame fails here. The tags
// are those of docs/decision.md.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as codes from "../assembly/reason.ts";
import { createClassifier } from "../ts/classifier.ts";
import { createDecoder } from "../ts/decode.ts";
import { batchOf, type FrameInput } from "../ts/frames.ts";
import { makeLabel } from "../ts/label.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { REASONS, type ReasonName, reasonName } from "../ts/reason.ts";
import { encodeCalipso, withChecksum } from "./generate/label.ts";
import { Oracle } from "./oracle.ts";
import { calipso, cipso, ETHERNET, ethernet, ipv4, ipv6, optionsHeader, RAW } from "./packets.ts";

const test = suite("reasons");

const POLICY: PolicyInput = {
  doi: 16,
  checksum: "verify",
  interfaces: [
    {
      name: "net0",
      addresses: ["192.0.2.1", "2001:db8::1", { address: "192.0.2.9", partition: "secret" }],
      range: ["0", "5:0.100"],
    },
  ],
  partitions: [
    { name: "public", label: "1", bindings: [{ name: "web", ports: ["80/tcp", "80/udp"] }] },
    { name: "secret", label: "5:0" },
    { name: "above", label: "9" },
  ],
  templates: {
    peers: { type: "labelled", range: ["0", "9:0.200"] },
    outside: { type: "unlabelled", label: "1" },
  },
  hosts: { "198.51.100.0/24": "peers", "203.0.113.0/24": "outside", "2001:db8:1::/48": "peers" },
};

const OPTION = 20; // where the first IPv4 option stands
const TAG = 26; // and its first tag
const HBH = 40; // where the first extension header stands
const OPTION6 = 42; // and its first option

interface Case {
  readonly frames: readonly FrameInput[];
  /** Octet of the last frame to blame; null when it is delivered or says no more than its status. */
  readonly blame: number | null;
  readonly policy?: PolicyInput;
}

const raw = (...packets: readonly Uint8Array[]): FrameInput[] => packets.map((bytes) => ({ bytes, linkType: RAW }));
const options = (...octets: number[]): FrameInput[] => raw(ipv4({ options: octets }));
const hbh = (...octets: number[]): FrameInput[] => raw(ipv6({ headers: [[0, optionsHeader(octets)]] }));
const changed = (packet: Uint8Array, at: number, ...octets: number[]): Uint8Array => {
  const copy = packet.slice();
  copy.set(octets, at);
  return copy;
};
// A CIPSO option of DOI 16 around tags.
const tags = (...octets: number[]): FrameInput[] => options(134, 6 + octets.length, 0, 0, 0, 16, ...octets);
// A first fragment and a later one of one datagram.
const fragments = (first: readonly number[], later: readonly number[]): FrameInput[] =>
  raw(
    ipv4({ options: first, fragment: 0x2000 }),
    ipv4({ options: later, fragment: 1, body: [0, 0, 0, 0, 0, 0, 0, 0] }),
  );
const checked: PolicyInput = { ...POLICY, checksum: "ignore" };

const CASES: { readonly [Name in ReasonName]: Case } = {
  OK: { frames: options(...cipso(1)), blame: null },
  OK_NONMINIMAL: { frames: tags(1, 5, 0, 1, 0), blame: null },
  OK_FRAGMENT: { frames: raw(ipv4({ options: cipso(1), fragment: 0x2000 })), blame: null },
  NO_LABEL: { frames: raw(ipv4({ src: "203.0.113.5" })), blame: null },

  LINK_TRUNCATED: { frames: [{ bytes: ethernet(ipv4()).subarray(0, 13), linkType: ETHERNET }], blame: 0 }, // L1
  VLAN_DEPTH: { frames: [{ bytes: ethernet(ipv4(), [1, 2, 3, 4, 5, 6, 7, 8, 9]), linkType: ETHERNET }], blame: 44 }, // L2
  NOT_IP: { frames: [{ bytes: changed(ethernet(ipv4()), 12, 8, 6), linkType: ETHERNET }], blame: 12 }, // L3
  IP_TRUNCATED: { frames: [{ bytes: ipv4().subarray(0, 19), linkType: RAW, wireLength: 28 }], blame: 0 }, // O2
  IP_IHL: { frames: raw(changed(ipv4(), 0, 0x44)), blame: 0 }, // O1
  IP_LENGTH: { frames: raw(changed(ipv4(), 2, 0, 19)), blame: 2 }, // I1
  IP_CHECKSUM: { frames: raw(changed(ipv4(), 10, 0, 0)), blame: 10 }, // I2

  OPT_TRUNCATED: { frames: options(1, 1, 1, 7), blame: OPTION + 3 }, // O5
  OPT_LEN_LT2: { frames: options(94, 1, 0, 0), blame: OPTION }, // O6
  OPT_OVERRUN: { frames: options(94, 9, 0, 0), blame: OPTION }, // O7
  OPT_COUNT: { frames: hbh(...new Array(9).fill([0x1e, 0]).flat()), blame: OPTION6 + 16 }, // M2
  OPT_UNKNOWN_ACTION: { frames: hbh(0x5e, 0), blame: OPTION6 }, // M4
  PADN_NONZERO: { frames: hbh(1, 1, 1), blame: OPTION6 }, // M1
  PADN_LONG: { frames: hbh(1, 6, 0, 0, 0, 0, 0, 0), blame: OPTION6 }, // M1
  PAD1_LONG: { frames: hbh(0, 0, 0, 0, 0, 0, 0, 0), blame: OPTION6 + 7 }, // M1
  ROUTER_ALERT_LEN: { frames: hbh(5, 1, 0), blame: OPTION6 + 1 }, // M4

  HBH_NOT_FIRST: {
    frames: raw(
      ipv6({
        headers: [
          [60, optionsHeader([])],
          [0, optionsHeader([])],
        ],
      }),
    ),
    blame: HBH,
  }, // E1
  EXT_OVERRUN: { frames: raw(ipv6({ headers: [[0, [9, 1, 4, 0, 0, 0, 0]]] })), blame: HBH }, // E4
  EXT_COUNT: { frames: raw(ipv6({ headers: new Array(13).fill([60, optionsHeader([])]) })), blame: HBH + 12 * 8 }, // E2
  FRAG_NESTED: {
    frames: raw(
      ipv6({
        headers: [
          [44, [0, 0, 1, 0, 0, 0, 1]],
          [44, [0, 0, 1, 0, 0, 0, 2]],
        ],
      }),
    ),
    blame: HBH + 8,
  }, // E3

  CIPSO_OPT_SHORT: { frames: options(134, 7, 0, 0, 0, 16, 1), blame: OPTION + 1 }, // C1
  CIPSO_DOI_ZERO: { frames: options(134, 10, 0, 0, 0, 0, 1, 4, 0, 1), blame: OPTION + 2 }, // C2
  CIPSO_DOI_UNKNOWN: { frames: options(...cipso(1, [], 99)), blame: OPTION + 2 }, // C3
  CIPSO_TAG_UNKNOWN: { frames: tags(6, 4, 0, 1), blame: TAG }, // C4
  CIPSO_TAG_TRUNCATED: { frames: tags(1, 4, 0, 1, 2), blame: TAG + 4 }, // C5
  CIPSO_TAG_LEN: { frames: tags(1, 3, 0), blame: TAG + 1 }, // C6
  CIPSO_TAG_OVERRUN: { frames: tags(1, 5, 0, 1), blame: TAG + 1 }, // C7
  CIPSO_MULTI_MAC_TAG: { frames: tags(1, 4, 0, 1, 1, 4, 0, 1), blame: TAG + 4 }, // C8
  CIPSO_ALIGN_NONZERO: { frames: tags(1, 4, 1, 1), blame: TAG + 2 }, // C9
  CIPSO_CAT_LEN_ODD: { frames: tags(2, 5, 0, 1, 0), blame: TAG + 4 }, // C10
  CIPSO_RANGE_COUNT: {
    frames: tags(5, 34, 0, 1, ...[70, 65, 60, 55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5, 2].flatMap((v) => [0, v])),
    blame: TAG + 4,
  }, // C11
  CIPSO_CAT_65535: { frames: tags(2, 6, 0, 1, 255, 255), blame: TAG + 4 }, // C12
  CIPSO_CAT_ORDER: { frames: tags(2, 8, 0, 1, 0, 2, 0, 2), blame: TAG + 4 }, // C13
  CIPSO_RANGE_INVERTED: { frames: tags(5, 8, 0, 1, 0, 2, 0, 3), blame: TAG + 4 }, // C14
  CIPSO_RANGE_OVERLAP: { frames: tags(5, 12, 0, 1, 0, 9, 0, 5, 0, 5, 0, 1), blame: TAG + 4 }, // C15
  CIPSO_RANGE_ORDER: { frames: tags(5, 12, 0, 1, 0, 3, 0, 1, 0, 9, 0, 5), blame: TAG + 4 }, // C15
  CIPSO_DUPLICATE: { frames: options(...cipso(1), ...cipso(1)), blame: OPTION + 10 }, // C16

  RIPSO_LEN: { frames: options(130, 2), blame: OPTION }, // R1; R4 has a test of its own
  RIPSO_LEVEL: { frames: options(130, 3, 0x66), blame: OPTION }, // R2
  RIPSO_AUTH_LEN: { frames: options(130, 4, 0x5a, 0x81), blame: OPTION }, // R3
  RIPSO_AUTH_NONMINIMAL: { frames: options(130, 5, 0x5a, 0x81, 0), blame: OPTION }, // R5
  RIPSO_AUTH_UNASSIGNED: { frames: options(130, 4, 0x5a, 0x04), blame: OPTION }, // R6
  RIPSO_DUPLICATE: { frames: options(130, 3, 0x5a, 130, 3, 0x5a), blame: OPTION + 3 }, // R7
  RIPSO_ESO_ALONE: { frames: options(133, 3, 0), blame: OPTION }, // R8
  RIPSO_ESO_UNREGISTERED: { frames: options(130, 3, 0x5a, 133, 3, 0), blame: OPTION + 3 }, // R9
  MULTI_SCHEME: { frames: options(130, 3, 0x5a, ...cipso(1)), blame: OPTION + 3 }, // R10

  CALIPSO_NOT_HBH: {
    frames: raw(ipv6({ headers: [[60, optionsHeader(encodeCalipso(makeLabel(16, 1)))]] })),
    blame: OPTION6,
  }, // K1
  CALIPSO_DUPLICATE: {
    frames: hbh(...encodeCalipso(makeLabel(16, 1)), 1, 0, ...encodeCalipso(makeLabel(16, 1))),
    blame: OPTION6 + 12,
  }, // K2
  CALIPSO_LEN: { frames: hbh(7, 7, 0, 0, 0, 16, 0, 1, 0), blame: OPTION6 + 1 }, // K3
  CALIPSO_CMPT_OVERRUN: { frames: hbh(7, 8, 0, 0, 0, 16, 1, 1, 0, 0), blame: OPTION6 + 6 }, // K4
  CALIPSO_LEN_MISMATCH: { frames: hbh(7, 9, 0, 0, 0, 16, 0, 1, 0, 0, 0), blame: OPTION6 + 1 }, // K5
  CALIPSO_ALIGN: { frames: hbh(0, ...encodeCalipso(makeLabel(16, 1))), blame: OPTION6 + 1 }, // K6
  CALIPSO_CRC: { frames: hbh(7, 8, 0, 0, 0, 16, 0, 1, 0, 0), blame: OPTION6 + 8 }, // K7
  CALIPSO_DOI_ZERO: { frames: hbh(...withChecksum([7, 8, 0, 0, 0, 0, 0, 1, 0, 0])), blame: OPTION6 + 2 }, // K8
  CALIPSO_DOI_UNKNOWN: { frames: raw(ipv6({ headers: [calipso(1, [], 99)] })), blame: OPTION6 + 2 }, // K9

  RIPSO_NOT_MAPPED: { frames: options(130, 3, 0x5a), blame: OPTION }, // step 3
  NOT_OURS: { frames: raw(ipv4({ options: cipso(1), dst: "192.0.2.2" })), blame: 16 }, // step 4
  NO_TEMPLATE: { frames: raw(ipv4({ options: cipso(1), src: "8.8.8.8" })), blame: 12 }, // step 5
  LABEL_REQUIRED: { frames: raw(ipv4()), blame: 0 }, // step 6
  SENDER_NOT_ACCREDITED: { frames: raw(ipv4({ src: "203.0.113.5", options: cipso(5, [0]) })), blame: OPTION }, // step 7
  FRAG_LABEL_MISSING: {
    frames: [
      ...raw(ipv4({ src: "203.0.113.5", options: cipso(1), fragment: 0x2000 })),
      ...raw(ipv4({ src: "203.0.113.5", fragment: 1 })),
    ],
    blame: 6,
  },
  FRAG_LABEL_MISMATCH: { frames: fragments(cipso(1), cipso(5, [0])), blame: 6 }, // Rule F
  FRAG_NO_FIRST: { frames: fragments(cipso(1), cipso(1)).slice(1), blame: 6 },
  FRAG_OVERLAP: {
    frames: raw(
      ipv4({ options: cipso(1), fragment: 0x2000 }),
      ipv4({ options: cipso(1), fragment: 0x2000, dport: 443 }),
    ),
    blame: 6,
  },
  PORTS_MISSING: { frames: raw(ipv4({ options: cipso(1), body: [0, 80, 0] })), blame: 32 }, // step 8
  NO_PARTITION: { frames: options(...cipso(4)), blame: OPTION }, // step 9
  PARTITION_LABEL_MISMATCH: { frames: raw(ipv4({ options: cipso(1), dst: "192.0.2.9" })), blame: OPTION }, // step 9
  OUTSIDE_INTERFACE_RANGE: { frames: options(...cipso(9)), blame: OPTION }, // step 10
  NO_BINDING: { frames: raw(ipv4({ options: cipso(1), dport: 443 })), blame: 34 }, // step 11
  WRONG_INTERFACE: {
    frames: raw(ipv4({ options: cipso(1) })).map((frame) => ({ ...frame, device: "eth1" })),
    blame: 16, // P-01
    policy: { ...POLICY, interfaces: [{ ...POLICY.interfaces[0]!, device: "eth0" }] },
  },
  LABEL_NOT_MAPPED: {
    frames: options(...cipso(5, [0])), // step 7
    blame: OPTION,
    policy: { ...POLICY, dois: { "16": { mode: "translate", to: 17, levels: { "1": 1, "5": 5 } } } },
  },
  FRAG_REFUSED: { frames: fragments([134, 3, 0], cipso(1)), blame: 6 },
  FRAG_LENGTH: { frames: raw(ipv4({ options: cipso(1), fragment: 0x2000, body: [0, 1, 0, 80, 0, 8, 0] })), blame: 2 },
  FRAG_TOO_LONG: { frames: raw(ipv4({ options: cipso(1), fragment: 0x1fff })), blame: 6 },
  FRAG_DUPLICATE: {
    frames: raw(ipv4({ options: cipso(1), fragment: 0x2000 }), ipv4({ options: cipso(1), fragment: 0x2000 })),
    blame: 6,
  },
  FRAG_PIECES: {
    frames: raw(
      ipv4({ options: cipso(1), fragment: 0x2000 }),
      ...Array.from({ length: 32 }, (_, i) => ipv4({ options: cipso(1), fragment: 0x2000 | (2 * i + 2) })),
    ),
    blame: 6,
  },
  NO_MEMBER: { frames: raw(ipv4({ options: cipso(1), dst: "224.0.0.251" })), blame: 16 }, // M-02
  GROUP_TCP: { frames: raw(ipv4({ options: cipso(1), dst: "224.0.0.1", protocol: 6 })), blame: 16 }, // M-03
};

/** Reasons that are no drops: what the options of a delivered frame said. */
const STATUSES: readonly ReasonName[] = ["OK", "OK_NONMINIMAL", "OK_FRAGMENT", "NO_LABEL"];

for (const [name, { frames, blame, policy = POLICY }] of Object.entries(CASES) as [ReasonName, Case][]) {
  test(`${name}, in kernel and oracle`, () => {
    const verdict = [...createClassifier(policy).verdicts(batchOf(frames))].at(-1)!;
    const resolved = resolvePolicy(policy);
    const oracle = new Oracle(resolved);
    const said = frames.map(({ bytes, linkType = RAW, wireLength = bytes.length, device = null }) =>
      oracle.classify({ bytes, wireLength, linkType, time: 0, device }),
    );
    const last = said.at(-1)!;
    if (STATUSES.includes(name)) {
      assert.is(verdict.reason, null);
      assert.is(reasonName(last.status), name);
      const [record] = createDecoder().decode(batchOf(frames.slice(-1)));
      assert.is(record!.status, name);
    } else {
      assert.is(verdict.reason, name);
      assert.is(reasonName(last.reason), name);
    }
    assert.is(verdict.offset, blame);
    assert.is(last.blame, blame);
  });
}

test("every reason has a frame here, a name, a rule, a clause and a sentence", () => {
  assert.equal(Object.keys(CASES).sort(), Object.keys(codes).sort());
  assert.equal(
    REASONS.map(({ code }) => code),
    Object.keys(codes).map((_, i) => i),
  );
  for (const { name, rule, clause, sentence } of REASONS) {
    assert.match(name, /^[A-Z][A-Z\d_]+$/);
    assert.ok(rule !== "" && clause !== "" && sentence !== "", name);
  }
});

test("README counts the reasons of drops", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  assert.match(readme, new RegExp(`one of ${REASONS.length - STATUSES.length} named reasons`));
});

test("nothing stands behind the end of the list (O3); a no operation is one octet (O4)", () => {
  const statusOf = (frames: readonly FrameInput[]) => [...createDecoder().decode(batchOf(frames))][0]!;
  assert.is(statusOf(options(0, ...cipso(1))).status, "NO_LABEL");
  assert.equal(statusOf(options(0, ...cipso(1))).options, [0]);
  const behind = statusOf(options(1, 1, ...cipso(1)));
  assert.equal([behind.status, behind.options], ["OK", [1, 1, 134]]);
});

test("an extended security option shorter than 3 octets is refused too (R4)", () => {
  const [record] = createDecoder().decode(batchOf(options(130, 3, 0x5a, 133, 2)));
  assert.is(record!.status, "RIPSO_LEN");
  assert.is(record!.offset, OPTION + 3);
});

test("the sum of verdicts is the number of frames", () => {
  const classifier = createClassifier(checked);
  const frames = Object.values(CASES).flatMap((item) => item.frames);
  classifier.dispatch(batchOf(frames));
  const { frames: all, delivered, dropped, reasons, partitions } = classifier.stats();
  assert.is(all, frames.length);
  assert.is(delivered.frames + dropped.frames, frames.length);
  const sum = (counts: readonly { frames: number }[]): number =>
    counts.reduce((total, count) => total + count.frames, 0);
  assert.is(sum(Object.values(reasons)), dropped.frames);
  assert.is(sum(Object.values(partitions)), delivered.frames);
});

test.run();
