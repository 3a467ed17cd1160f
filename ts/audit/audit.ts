/**
 * The audit of a policy: statements about every packet there can be, proved or refuted, over intervals of the lattice of
 * labels and of addresses and not over samples (docs/audit.md).
 *
 * @module
 */
import type { PolicyInput } from "../policy/input.ts";
import { resolvePolicy } from "../policy/read.ts";
import { controlPackets } from "./control.ts";
import type { Audit } from "./finding.ts";
import { labelFindings } from "./labels.ts";
import { partitionFindings } from "./partitions.ts";
import { Reach } from "./reach.ts";
import { separationFindings } from "./separation.ts";
import { templateFindings } from "./templates.ts";
import { unlabelledFindings } from "./unlabelled.ts";
import { Witnesses } from "./witness.ts";

/**
 * Audits a policy: which labels reach what and through which declaration, and what can't be reached at all. Every packet
 * it shows can be judged by a classifier of the policy, and gets the verdict that is claimed.
 *
 * @throws {PolicyError} with everything that is wrong with the policy
 * @example
 * ```ts
 * import { auditPolicy } from "labelgate";
 * const { findings } = auditPolicy({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "1" }, { name: "secret", label: "5:0" }],
 *   templates: { peers: { type: "labelled", range: ["1", "4:0"] } },
 *   hosts: { "198.51.100.0/24": "peers" },
 * });
 * const [refuted] = findings.filter(({ outcome }) => outcome === "refuted");
 * refuted!.path; // "partitions[1]"
 * refuted!.words; // "no packet reaches secret: no host may send label 5:0 over IPv4 or IPv6"
 * ```
 */
export function auditPolicy(policy: PolicyInput): Audit {
  return auditOf(new Reach(resolvePolicy(policy)));
}

/** The audit of what a policy lets through. */
export function auditOf(reach: Reach): Audit {
  const witnesses = new Witnesses(reach);
  const control = controlPackets(reach, witnesses);
  const findings = [
    ...separationFindings(reach, witnesses, control),
    ...labelFindings(reach, witnesses),
    ...partitionFindings(reach, witnesses, control),
    ...templateFindings(reach, witnesses),
    ...unlabelledFindings(reach, witnesses, control),
  ];
  return { findings, omitted: witnesses.omitted };
}
