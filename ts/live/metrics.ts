/**
 * The counters of a gate as OpenMetrics text.
 *
 * @module
 */
import { type Family, openMetrics, type Sample } from "../openmetrics.ts";
import type { GateStats } from "./gate.ts";

/** The text, for Prometheus and others that read OpenMetrics 1.0. */
export function gateMetrics(stats: GateStats): string {
  const partitions = Object.entries(stats.partitions);
  const wires = Object.entries(stats.wires);
  // A partition may have the name of a device.
  const ports = [
    ...wires.map(([wire, stats]) => [{ wire }, stats] as const),
    ...partitions.map(([partition, stats]) => [{ partition }, stats] as const),
  ];
  const families: readonly Family[] = [
    [
      "labelgate_delivered_packets",
      "Packets handed to the port of a partition",
      partitions.map(([partition, { delivered }]) => [{ partition }, delivered]),
    ],
    [
      "labelgate_departed_packets",
      "Packets of a partition that went out",
      partitions.map(([partition, { departed }]) => [{ partition }, departed]),
    ],
    [
      "labelgate_refused_packets",
      "Packets of a partition that did not go out, by reason",
      partitions.flatMap(([partition, { refusals }]) =>
        Object.entries(refusals).map(([reason, count]): Sample => [{ partition, reason }, count]),
      ),
    ],
    [
      "labelgate_dropped_frames",
      "Frames of the wire that no partition got, by reason",
      Object.entries(stats.verdicts.reasons).map(([reason, count]) => [{ reason }, count!.frames]),
    ],
    [
      "labelgate_undelivered_packets",
      "Packets for a partition that its port did not get, by reason",
      [
        [{ reason: "portless" }, stats.portless],
        [{ reason: "broken" }, stats.broken],
        [{ reason: "authenticated" }, stats.authenticated],
        [{ reason: "relabelled" }, stats.relabelled],
        [{ reason: "too_big" }, stats.tooBig],
      ],
    ],
    [
      "labelgate_lost_frames",
      "Frames that a port had no room for",
      [
        ...ports.map(([labels, { source }]): Sample => [{ ...labels, direction: "in" }, source.dropped]),
        ...ports.map(([labels, { sink }]): Sample => [{ ...labels, direction: "out" }, sink.refused]),
      ],
    ],
    [
      "labelgate_unfinished_frames",
      "Frames without checksum or not cut into segments: offload is on at their sender",
      ports.map(([labels, { source }]) => [labels, source.unfinished]),
    ],
    [
      "labelgate_address_conflicts",
      "Frames of a wire that claimed an address of ours",
      wires.map(([wire, { conflicts }]) => [{ wire }, conflicts]),
    ],
    ["labelgate_label_errors", "ICMP errors about labels that were sent", [[{}, stats.labelErrors]]],
  ];
  return openMetrics(families);
}
