/**
 * The tests' oracle, for the meter: the same decision in plain TypeScript. Loaded when something is measured.
 *
 * @module
 */
export { Oracle, oracleFrameOf } from "../../test/oracle.ts";
