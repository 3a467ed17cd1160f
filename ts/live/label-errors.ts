/**
 * Which ICMP error tells a sender of IPv4 what was wrong with its label (CIPSO 2.2 section 5, RFC 1108 section 2.6). CALIPSO
 * has none: RFC 5570 section 6.2.2 wants silence.
 *
 * An answer has the label of the packet it answers. Where that could not be read, or there was none, it has none: it quotes
 * the sender's own header to the sender, and nothing of anybody else.
 *
 * @module
 */
import type { ReasonName } from "../reason.ts";
import { type IcmpError, optionMissing, parameterProblem, prohibited } from "./icmp.ts";

/** What is answered, and whether at the label of the packet. */
export interface LabelAnswer {
  readonly error: IcmpError;
  readonly isLabelled: boolean;
}

const CIPSO = 134;

/** The answer to a drop; `null`: silence. `blame` is the octet of the packet to blame. */
export function answerTo(reason: ReasonName, blame: number): LabelAnswer | null {
  if (reason.startsWith("CIPSO_") || reason.startsWith("RIPSO_")) {
    // The pointer has one octet; options end before.
    return blame > 0xff ? null : { error: parameterProblem(blame), isLabelled: false };
  }
  if (reason === "LABEL_REQUIRED") return { error: optionMissing(CIPSO), isLabelled: false };
  if (reason === "NO_PARTITION") return { error: prohibited, isLabelled: true };
  return null;
}
