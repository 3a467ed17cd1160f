// Policies for the audit, and what it says of them. Every packet it shows is judged by a classifier of the policy.
import * as assert from "uvu/assert";
import { auditPolicy } from "../ts/audit/audit.ts";
import type { Audit, Finding, Outcome, Question } from "../ts/audit/finding.ts";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import type { InterfaceInput, PartitionInput, PolicyInput } from "../ts/policy/input.ts";

/** A sound policy in which everything can be reached by its label, and nothing else is declared. */
export const PLAIN: PolicyInput = {
  doi: 16,
  checksum: "verify",
  interfaces: [{ name: "net0", addresses: ["192.0.2.1"], range: ["0", "9:0.9"] }],
  partitions: [
    { name: "low", label: "1" },
    { name: "high", label: "5:0,1" },
  ],
  templates: { peers: { type: "labelled", range: ["0", "9:0.9"] } },
  hosts: { "198.51.100.0/24": "peers" },
};

/** Its partitions, and its interface. */
export const LOW: PartitionInput = PLAIN.partitions[0]!;
export const HIGH: PartitionInput = PLAIN.partitions[1]!;
export const NET0: InterfaceInput = PLAIN.interfaces[0]!;
/** HIGH with a binding that reads down. */
export const READS_DOWN: PartitionInput = {
  ...HIGH,
  bindings: [{ name: "log", ports: ["514/udp"], acceptLower: true }, { name: "rest" }],
};

/** PLAIN with other partitions. */
export const withPartitions = (...partitions: PartitionInput[]): PolicyInput => ({ ...PLAIN, partitions });
/** PLAIN with an address of its own for `high`. */
export const OWNED: PolicyInput = {
  ...PLAIN,
  interfaces: [{ ...NET0, addresses: ["192.0.2.1", { address: "192.0.2.9", partition: "high" }] }],
};
/** PLAIN with a host that sends no labels. */
export const OUTSIDE: PolicyInput = {
  ...PLAIN,
  templates: { ...PLAIN.templates, outside: { type: "unlabelled", label: "1" } },
  hosts: { ...PLAIN.hosts, "203.0.113.0/24": "outside" },
};

/** Two interfaces, of which no multicast is known to have come by one. */
export const unicastOnly = (...addresses: string[]): PolicyInput["interfaces"] => [
  { name: "net0", addresses },
  { name: "net1", addresses: ["203.0.113.254"] },
];

/** An audit whose packets were judged, and got the verdicts that are claimed. */
export function audited(policy: PolicyInput): Audit {
  const audit = auditPolicy(policy);
  const packets = [...new Set(audit.findings.flatMap((finding) => finding.packets))];
  const verdicts = [...createClassifier(policy).verdicts(batchOf(packets.map(({ frame }) => frame)))];
  packets.forEach(({ expected, words }, i) => {
    const { partition, binding, copies, reason } = verdicts[i]!;
    assert.equal("reason" in expected ? { reason } : { partition, binding, copies }, expected, words);
  });
  return audit;
}

/** The findings of a question at a path, as `outcome: words`. */
export function said(policy: PolicyInput, question: Question, path: string): string[] {
  return findingsAt(policy, question, path).map(({ outcome, words }) => `${outcome}: ${words}`);
}

/** The findings of a question at a path. */
export function findingsAt(policy: PolicyInput, question: Question, path: string): Finding[] {
  return audited(policy).findings.filter((finding) => finding.question === question && finding.path === path);
}

/** What the packets of a finding say of themselves. */
export function packetsOf({ packets }: Finding): string[] {
  return packets.map(({ words }) => words);
}

/** Everything with an outcome, as `path: words`. */
export function withOutcome(policy: PolicyInput, outcome: Outcome): string[] {
  return audited(policy)
    .findings.filter((finding) => finding.outcome === outcome)
    .map(({ path, words }) => `${path}: ${words}`);
}
