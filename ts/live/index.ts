/**
 * The live gate and what it is made of: packet sockets, TAP devices, Unix sockets and workers. For Linux, on Node (with the
 * package koffi), Deno and Bun.
 *
 * @module labelgate/live
 */

export type { WorkerLike } from "../worker-like.ts";
export type { ArrivalCounts } from "./arrival.ts";
export { LiveError, type LiveErrorCode } from "./error.ts";
export { Gate, type GatePorts, type GateStats, type PartitionStats, type WireStats } from "./gate.ts";
export { gateMetrics } from "./metrics.ts";
export { type OpenDevice, type OpenDeviceOptions, openDevice } from "./open-device.ts";
export type { FrameRoom, FrameSource, Outgoing, PartitionPort, SinkStats, SourceStats } from "./port.ts";
export { type ReadFramesOptions, readFrames } from "./read-frames.ts";
export { REFUSALS, type Refusal, type RefusalName } from "./refusal.ts";
export { type GateOptions, type LiveGate, openGate } from "./run.ts";
export { type TcpdumpOptions, tcpdumpFrames } from "./tcpdump.ts";
export { type WorkerFrames, WorkerPort, type WorkerTaken } from "./worker.ts";
