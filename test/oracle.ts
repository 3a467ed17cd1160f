/**
 * The oracle: the classifier written a second time, slow and obvious, from docs/decision.md and not from the kernel.
 *
 * @module
 */
export { Oracle, type OracleVerdict } from "./oracle/decide.ts";
export {
  type OracleFrame,
  type ReadFragment,
  type Reading,
  type ReadLabel,
  type ReadOptions,
  read,
} from "./oracle/read.ts";
