// What the audit says of policies that were made to show one thing each: which labels reach what, and through which
// declaration. Every packet is judged as claimed (auditing.ts).
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { auditPolicy } from "../ts/audit/audit.ts";
import { PolicyError } from "../ts/errors.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import {
  findingsAt,
  HIGH,
  LOW,
  NET0,
  OUTSIDE,
  OWNED,
  PLAIN,
  packetsOf,
  READS_DOWN,
  said,
  withOutcome,
  withPartitions,
} from "./auditing.ts";

const test = suite("audit");

test("a policy with problems is not audited: they are thrown, all of them", () => {
  assert.throws(
    () => auditPolicy({ ...PLAIN, doi: 0 }),
    (error: unknown) => error instanceof PolicyError,
  );
});

test("of a plain policy everything is proved, with a packet for every partition", () => {
  assert.equal(withOutcome(PLAIN, "refuted"), []);
  assert.equal(withOutcome(PLAIN, "declared"), []);
  assert.equal(said(PLAIN, "separation", "partitions"), [
    "proved: on shared addresses no two partitions have one label",
  ]);
  assert.equal(said(PLAIN, "labels", "partitions[1].label"), ["proved: high receives its label, 5:0,1 in DOI 16"]);
  const [reached] = findingsAt(PLAIN, "partitions", "partitions[1]");
  assert.is(reached!.words, "high is reached");
  assert.equal(packetsOf(reached!), ["198.51.100.1 → 192.0.2.1, 80/tcp with label 5:0,1 in DOI 16: delivered to high"]);
});

test("a multilevel port brings a label to a second partition: declared, with two packets of one label (D-02)", () => {
  const policy = withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }, HIGH);
  const [found] = findingsAt(policy, "separation", "partitions[0].multilevelPorts[0]");
  assert.is(found!.outcome, "declared");
  assert.is(found!.words, "5:0,1 in DOI 16 reaches low through multilevel port 8080/tcp, and high");
  assert.equal(packetsOf(found!), [
    "198.51.100.1 → 192.0.2.1, 8080/tcp with label 5:0,1 in DOI 16: delivered to low",
    "198.51.100.1 → 192.0.2.1, 80/tcp with label 5:0,1 in DOI 16: delivered to high",
  ]);
  assert.equal(said(policy, "labels", "partitions[0].multilevelPorts[0]"), [
    "declared: low receives 0 to 9:0.9 in DOI 16 through multilevel port 8080/tcp",
  ]);
});

test("two multilevel ports share labels that no partition has", () => {
  const policy = withPartitions(
    { name: "a", label: "12", multilevelPorts: ["1/tcp"] },
    { name: "b", label: "13", multilevelPorts: ["2/udp"] },
  );
  const [found] = findingsAt(policy, "separation", "partitions[0].multilevelPorts[0]");
  assert.is(found!.words, "0 in DOI 16 reaches a through multilevel port 1/tcp, and b");
  assert.is(found!.packets.length, 2);
});

test("a multilevel port that no other partition's label comes to is no matter of two partitions", () => {
  const policy = withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] });
  assert.equal(said(policy, "separation", "partitions[0].multilevelPorts[0]"), []);
  assert.is(said(policy, "labels", "partitions[0].multilevelPorts[0]").length, 1);
});

test("a multilevel port that no label but its partition's own can come to does nothing", () => {
  const narrow = {
    ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }),
    interfaces: [{ ...NET0, range: ["1", "1"] as const }],
  };
  assert.equal(said(narrow, "separation", "partitions[0].multilevelPorts[0]"), [
    "proved: multilevel port 8080/tcp of low does nothing: no label but low's own comes to it",
  ]);
  const closed = { ...narrow, interfaces: [{ ...NET0, range: ["12", "12"] as const }] };
  assert.equal(said(closed, "separation", "partitions[0].multilevelPorts[0]"), [
    "proved: multilevel port 8080/tcp of low does nothing: no packet comes to it",
  ]);
});

test("private multilevel ports are those of addresses that are owned (A-04, D-07)", () => {
  const ports = { privateMultilevelPorts: ["22/tcp"] };
  const policy = { ...OWNED, partitions: [LOW, { ...HIGH, ...ports }] };
  const [found] = findingsAt(policy, "separation", "partitions[1].privateMultilevelPorts[0]");
  assert.is(found!.outcome, "declared");
  assert.is(packetsOf(found!)[0], "198.51.100.1 → 192.0.2.9, 22/tcp with label 1 in DOI 16: delivered to high");
  assert.equal(said(withPartitions(LOW, { ...HIGH, ...ports }), "separation", found!.path), [
    "proved: private multilevel port 22/tcp of high does nothing: no packet comes to it",
  ]);
});

test("a partition that takes ICMP of the range takes it where it owns the address (F-22), and as a copy (U-11)", () => {
  const policy = { ...OWNED, partitions: [LOW, { ...HIGH, icmp: "range" as const }] };
  const [owned] = findingsAt(policy, "separation", "partitions[1].icmp");
  assert.is(owned!.words, "1 in DOI 16 reaches high through ICMP, and low");
  assert.is(packetsOf(owned!)[0], "198.51.100.1 → 192.0.2.9, icmp with label 1 in DOI 16: delivered to high");
  const copies = withPartitions(LOW, { ...HIGH, icmp: "range" });
  const [copied] = findingsAt(copies, "separation", "partitions[1].icmp");
  assert.is(packetsOf(copied!)[0], "198.51.100.1 → 224.0.0.1, icmp with label 1 in DOI 16: delivered to low and high");
});

test("a binding that reads down brings a label of unlabelled hosts to a second partition (A-05)", () => {
  const bound = { ...OUTSIDE, partitions: [{ ...LOW, bindings: [{ name: "web", ports: ["80/tcp"] }] }, READS_DOWN] };
  const [found] = findingsAt(bound, "separation", "partitions[1].bindings[0].acceptLower");
  assert.is(found!.words, "1 in DOI 16 reaches high through acceptLower of log, and low");
  assert.equal(packetsOf(found!), [
    "203.0.113.1 → 192.0.2.1, 514/udp without a label (it gets 1 in DOI 16): delivered to high/log",
    "203.0.113.1 → 192.0.2.1, 80/tcp without a label (it gets 1 in DOI 16): delivered to low/web",
  ]);
  assert.equal(said(bound, "labels", found!.path), ["declared: high receives 1 in DOI 16 through acceptLower of log"]);
});

test("the partition of the label comes before what reads down (D-06); copies go to both", () => {
  // `low` takes everything on the shared address, and no copy can come: two interfaces leave no doubt about that.
  const second = { name: "net1", addresses: ["192.0.2.129"], range: ["0", "9:0.9"] as const };
  const unicast = { ...OUTSIDE, interfaces: [NET0, second], partitions: [LOW, READS_DOWN] };
  const path = "partitions[1].bindings[0].acceptLower";
  const [found] = findingsAt({ ...unicast, interfaces: [NET0] }, "separation", path);
  assert.match(packetsOf(found!)[0]!, "224.0.0.1, 514/udp");
  assert.match(packetsOf(found!)[0]!, "delivered to low and high/log");
  // A frame of a device that nobody has could be of either.
  assert.equal(said(unicast, "separation", path), [
    "proved: acceptLower of log of high does nothing: no packet comes to it",
  ]);
});

test("nothing reads down where no unlabelled host's label is below", () => {
  const path = "partitions[1].bindings[0].acceptLower";
  assert.equal(said(withPartitions(LOW, READS_DOWN), "separation", path), [
    "proved: acceptLower of log of high does nothing: no packet comes to it",
  ]);
});

test("a label that a partition kept off shared addresses repeats reaches both (P-27)", () => {
  const policy = {
    ...OWNED,
    partitions: [LOW, { ...HIGH, label: "1", shared: false }],
  };
  const [found] = findingsAt(policy, "separation", "partitions[1].shared");
  assert.is(`${found!.outcome}: ${found!.words}`, "declared: 1 in DOI 16 is the label of high and of low");
  assert.equal(packetsOf(found!), [
    "198.51.100.1 → 192.0.2.9, 80/tcp with label 1 in DOI 16: delivered to high",
    "198.51.100.1 → 192.0.2.1, 80/tcp with label 1 in DOI 16: delivered to low",
  ]);
});

test("control packets reach the control partition without a label (R-02), or nothing", () => {
  const policy = { ...OUTSIDE, control: "high" };
  const [found] = findingsAt(policy, "unlabelled", "control");
  assert.is(found!.words, "control packets from everybody with a template reach high");
  assert.equal(packetsOf(found!), [
    "203.0.113.1 → 192.0.2.1, control packet (icmp) without a label: delivered to high",
    "203.0.113.1 → 192.0.2.1, control packet (igmp) without a label: delivered to high",
    "::ffff:203.0.113.1 → ff02::1, control packet (icmpv6) without a label: delivered to high",
  ]);
  assert.is(findingsAt(policy, "separation", "control")[0]!.outcome, "declared");
  const [none] = findingsAt(OUTSIDE, "unlabelled", "control");
  assert.equal(packetsOf(none!), [
    "203.0.113.1 → 192.0.2.1, control packet (icmp) without a label: dropped, NO_PARTITION",
  ]);
  const unbound = { ...policy, partitions: [LOW, { ...HIGH, bindings: [{ name: "web", ports: ["80/tcp"] }] }] };
  const [dropped] = findingsAt(unbound, "unlabelled", "control");
  assert.is(dropped!.words, "control packets without a label reach nothing: high has no binding for them");
  assert.match(packetsOf(dropped!)[0]!, "dropped, NO_BINDING");
});

test("control packets reach what is bound to an address, whoever owns it", () => {
  const bindings = [
    { name: "ping", ports: ["*/icmp"] },
    { name: "there", address: "192.0.2.9" },
  ];
  const policy = { ...OWNED, control: "high", partitions: [LOW, { ...HIGH, bindings }] };
  const [found] = findingsAt(policy, "unlabelled", "control");
  assert.is(found!.words, "control packets from everybody with a template reach high/ping and high/there");
  assert.is(found!.packets.length, 2);
});

test("labels of another DOI are said in our terms, and sent in theirs", () => {
  const policy: PolicyInput = {
    ...withPartitions({ ...LOW, multilevelPorts: ["8080/tcp"] }, HIGH),
    dois: { 8: { mode: "translate", levels: { 40: 1, 50: 5, 70: 7 }, categories: { "100.101": "0.1", 200: 3 } } },
    templates: { peers: { type: "labelled", doi: 8, range: ["0", "60:0.300"] } },
  };
  assert.equal(said(policy, "labels", "partitions[0].multilevelPorts[0]"), [
    "declared: low receives 1 to 5:0,1,3 with level 1, 5 in DOI 16 through multilevel port 8080/tcp",
  ]);
  const [reached] = findingsAt(policy, "partitions", "partitions[1]");
  assert.match(packetsOf(reached!)[0]!, "with label 50:100,101 in DOI 8 (here 5:0,1 in DOI 16): delivered to high");
});

test("what unlabelled senders reach is shown with the label they get (R-20); labelled ones reach nothing without (R-21)", () => {
  const policy = {
    ...OUTSIDE,
    partitions: [
      { ...LOW, bindings: [{ name: "web", ports: ["80/tcp"] }, { name: "rest" }] },
      { ...HIGH, multilevelPorts: ["8080/tcp"] },
    ],
  };
  const [found] = findingsAt(policy, "unlabelled", "templates.outside");
  assert.is(found!.outcome, "declared");
  assert.is(found!.words, "senders of outside get label 1 in DOI 16 and reach low/web, low/rest and high");
  assert.is(found!.packets.length, 3);
  const [labelled] = findingsAt(policy, "unlabelled", "templates");
  assert.is(labelled!.outcome, "proved");
  assert.match(packetsOf(labelled!)[0]!, "dropped, LABEL_REQUIRED");
  const nowhere = { ...OUTSIDE, partitions: [HIGH] };
  assert.equal(said(nowhere, "unlabelled", "templates.outside"), [
    "proved: senders of outside get label 1 in DOI 16 and reach nothing",
  ]);
});

test.run();
