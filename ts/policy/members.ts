/**
 * Who may get a copy of a broadcast or a multicast (M-01, M-02), as the kernel looks for them (assembly/take.ts).
 *
 * @module
 */
import * as t from "../../assembly/tables.ts";
import type { Members } from "./groups.ts";
import type { Partition, Policy } from "./model.ts";

/**
 * A MEMBERS block: who takes more than a label of its own; those and who takes ICMP of other labels; the rest by label.
 *
 * @param labelOf the number of a partition's label
 */
export function membersBlock(
  { shared, list }: Members,
  { partitions }: Policy,
  labelOf: (partition: number) => number,
): DataView {
  const others = list.filter((index) => !takesOwnLabel(partitions[index]!));
  const icmp = list.filter((index) => !takesOwnLabel(partitions[index]!) || partitions[index]!.icmp === "range");
  const plain = list.filter((index) => takesOwnLabel(partitions[index]!));
  // Asked for once each: a comparison that asked would dominate the making of a policy with many groups.
  const labels = new Map(plain.map((index) => [index, labelOf(index)]));
  plain.sort((a, b) => labels.get(a)! - labels.get(b)! || a - b);
  const all = [...others, ...icmp, ...plain];
  const block = new DataView(new ArrayBuffer(t.MEMBERS_LIST + all.length * 2));
  block.setUint32(t.MEMBERS_SHARED, shared ? 1 : 0, true);
  block.setUint32(t.MEMBERS_OTHERS, others.length, true);
  block.setUint32(t.MEMBERS_ICMP, icmp.length, true);
  block.setUint32(t.MEMBERS_PLAIN, plain.length, true);
  all.forEach((partition, i) => {
    block.setUint16(t.MEMBERS_LIST + i * 2, partition, true);
  });
  return block;
}

// Whether packets of its own label are all that a partition takes, ICMP aside: it has no port for others.
function takesOwnLabel({ bindings, multilevelPorts, privateMultilevelPorts }: Partition): boolean {
  const ports = multilevelPorts.length + privateMultilevelPorts.length;
  return ports === 0 && !(bindings ?? []).some(({ acceptLower }) => acceptLower);
}
