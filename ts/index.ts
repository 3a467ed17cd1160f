/**
 * labelgate: reads each packet's security label (CIPSO, RIPSO, CALIPSO), matches it on the label lattice, and hands the
 * packet to the one labelled partition it belongs to.
 *
 * @module labelgate
 */
export { auditPolicy } from "./audit/audit.ts";
export type { Audit, Expected, Finding, Outcome, Question, Witness } from "./audit/finding.ts";
export type { KernelSource } from "./boot.ts";
export { LINK_TYPES } from "./capture/link.ts";
export { type CaptureSource, type ReadCaptureOptions, readCapture, readCaptureSync } from "./capture/read.ts";
export {
  type InterfaceOptions,
  type PacketOptions,
  type PacketTime,
  PcapngWriter,
  type PcapngWriterOptions,
  PcapWriter,
  type PcapWriterOptions,
  type WriteChunk,
} from "./capture/write.ts";
export { type Classifier, type ClassifierOptions, createClassifier } from "./classifier.ts";
export type { Count, DisplacedCount, PartitionCount, Stats } from "./counts.ts";
export { createDecoder, type DecodeRecord, type Decoder, type DecoderOptions, type LabelRecord } from "./decode.ts";
export { CaptureError, PolicyError, type PolicyProblem, SinkError, type SinkFailure } from "./errors.ts";
export type { ExplainedStep, Explanation } from "./explain/explanation.ts";
export { batchOf, type CaptureInterface, FrameBatch, type FrameInput } from "./frames.ts";
export { readLabelEncodings } from "./import/label-encodings.ts";
export { importNetlabel } from "./import/netlabel.ts";
export type { ImportFile, ImportNote, ImportReading, NamesReading } from "./import/reading.ts";
export { readSetrans } from "./import/setrans.ts";
export { importTrustedExtensions, type TrustedExtensionsFiles } from "./import/tx.ts";
export * from "./label.ts";
export type { LabelName, LevelName, Names, Word } from "./names.ts";
export { parseDoi, parseLabel } from "./notation.ts";
export type { Fragment, Packet, PacketLabel, Span } from "./packet.ts";
export type * from "./policy/input.ts";
export type { Profile } from "./policy/model.ts";
export { resolveNames } from "./policy/names.ts";
export { type PolicyReading, readPolicy } from "./policy/read.ts";
export { formatLabelAs, type LabelForm } from "./print.ts";
export { REASONS, type Reason, type ReasonName } from "./reason.ts";
export { encodeLabelOption, stampLabel, stampRipso, stripLabel } from "./rewrite.ts";
export type { DeliveredFrame, Delivery, FrameCopy, Sink } from "./sink.ts";
export type { LabelScheme, LabelSource, Target, Verdict } from "./verdict.ts";
