/**
 * labelgate: reads each packet's security label (CIPSO, RIPSO, CALIPSO), matches it on the label lattice, and hands the
 * packet to the one labelled partition it belongs to.
 *
 * @module
 */
export { LINK_TYPES } from "./capture/link.ts";
export { type CaptureSource, type ReadCaptureOptions, readCapture, readCaptureSync } from "./capture/read.ts";
export { PcapngWriter, PcapWriter } from "./capture/write.ts";
export { type Classifier, createClassifier, type PartitionCount, type Stats } from "./classifier.ts";
export { createDecoder, type DecodeRecord, type Decoder, type DecoderOptions, type LabelRecord } from "./decode.ts";
export { CaptureError, PolicyError, type PolicyProblem, SinkError, type SinkFailure } from "./errors.ts";
export type { ExplainedStep, Explanation } from "./explain.ts";
export { batchOf, type CaptureInterface, FrameBatch, type FrameInput } from "./frames.ts";
export { importNetlabel } from "./import/netlabel.ts";
export type { ImportFile, ImportNote, ImportReading } from "./import/reading.ts";
export type { Count } from "./kernel.ts";
export * from "./label.ts";
export { parseDoi, parseLabel } from "./notation.ts";
export type { Fragment, Packet, PacketLabel, Span } from "./packet.ts";
export type * from "./policy/input.ts";
export { type PolicyReading, readPolicy } from "./policy/read.ts";
export { REASONS, type Reason, type ReasonName } from "./reason.ts";
export type { DeliveredFrame, Delivery, FrameCopy, Sink } from "./sink.ts";
export type { LabelScheme, LabelSource, Verdict } from "./verdict.ts";
