/**
 * Bindings that take lower labels too: on the ports of one, no other partition binds anything (B-02, and B-06
 * for protocols without ports). So whatever the
 * label, a port leads to one binding that reads down, or to none.
 *
 * @module
 */
import { formatAddress } from "../address.ts";
import type { Policy, PortRange } from "./model.ts";
import { compareRanges, formatPorts, overlap } from "./ports.ts";
import { formatPath, type Path, type Report } from "./report.ts";

/** Ports of a binding on shared addresses. */
interface Bound {
  readonly range: PortRange;
  readonly partition: number;
  readonly acceptLower: boolean;
  /** The one address, or `null`: any. */
  readonly place: string | null;
  readonly path: Path;
}

/** Reports ports of which one partition takes lower labels while another binds them. */
export function checkLower(policy: Policy, report: Report): void {
  const all = boundOf(policy).sort((a, b) => compareRanges(a.range, b.range));
  if (!all.some(({ acceptLower }) => acceptLower)) return;
  // Of what begins before: what reaches furthest, by place (`anywhere` is every place), of all and of the lower ones.
  const seen = { all: new Furthest(), lower: new Furthest() };
  for (const item of all) {
    const other = (item.acceptLower ? seen.all : seen.lower).meeting(item);
    if (other !== null) {
      const [lower, plain] = item.acceptLower ? [item, other] : [other, item];
      report.add(
        lower.path,
        `takes lower labels, and ${formatPath(plain.path)} binds ${formatPorts(plain.range)}: no other partition may`,
      );
    }
    seen.all.add(item);
    if (item.acceptLower) seen.lower.add(item);
  }
}

function boundOf({ partitions }: Policy): Bound[] {
  return partitions.flatMap(({ bindings, shared }, partition) =>
    (shared ? (bindings ?? []) : []).flatMap(({ address, ports, acceptLower }, i) =>
      (ports ?? []).map((range, j) => ({
        range,
        partition,
        acceptLower,
        place: address && formatAddress(address),
        path: ["partitions", partition, "bindings", i, "ports", j],
      })),
    ),
  );
}

const ANYWHERE = "anywhere";

/** What reaches furthest, the two of different partitions by place. */
class Furthest {
  readonly #byPlace = new Map<string | null, Bound[]>();

  add(item: Bound): void {
    for (const place of [item.place, ANYWHERE]) {
      const best = new Map<number, Bound>();
      for (const entry of [...(this.#byPlace.get(place) ?? []), item]) {
        if (entry.range.protocol !== item.range.protocol) continue;
        const own = best.get(entry.partition);
        if (own === undefined || own.range.last < entry.range.last) best.set(entry.partition, entry);
      }
      const two = [...best.values()].sort((a, b) => b.range.last - a.range.last).slice(0, 2);
      this.#byPlace.set(place, two);
    }
  }

  /** One of another partition that shares a port and a place with the item. */
  meeting(item: Bound): Bound | null {
    const places = item.place === null ? [ANYWHERE] : [item.place, null];
    for (const place of places) {
      for (const entry of this.#byPlace.get(place) ?? []) {
        if (entry.partition !== item.partition && overlap(entry.range, item.range)) return entry;
      }
    }
    return null;
  }
}
