/**
 * The oracle: the classifier written a second time, slow and obvious, from docs/decision.md and not from the kernel.
 *
 * @module
 */
export { Oracle, type OracleDelivery, type OracleVerdict } from "./oracle/decide.ts";
export { read } from "./oracle/read.ts";
export type { OracleFrame, ReadFragment, Reading, ReadLabel, ReadOptions } from "./oracle/reading.ts";
export { oracleFrameOf } from "./oracle/reading.ts";
