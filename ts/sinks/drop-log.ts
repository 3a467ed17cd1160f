/**
 * `labelgate/sinks/drop-log`: drops as JSON lines, and no flood of lines for a flood of packets.
 *
 * @module labelgate/sinks/drop-log
 */
import { formatAddress } from "../address.ts";
import { formatTime, type LabelRecord, labelRecord } from "../decode.ts";
import { isWithin } from "../given.ts";
import { Limit } from "../limit.ts";
import { type ReasonName, reasonNamed } from "../reason.ts";
import type { DeliveredFrame, Delivery } from "../sink.ts";

/** Lines a second for each reason, unless told otherwise. */
export const LINES_A_SECOND = 10;

/** A drop, as a line. */
export interface DropRecord {
  /** Counted from 1 over the capture. */
  readonly frame: number;
  /** Seconds since 1970, nine decimals. */
  readonly time: string;
  /** Why. */
  readonly reason: ReasonName;
  /** The rule that dropped it, and the octet of the frame to blame. */
  readonly rule: string;
  /** `null`: no octet is to blame. */
  readonly offset: number | null;
  /** As far as it was read. */
  readonly src: string | null;
  /** The same for the destination. */
  readonly dst: string | null;
  /** The label it was judged by, as far as that was known. */
  readonly label: LabelRecord | null;
  /** The interface of the capture, by name. */
  readonly device: string | null;
  /** Octets on the wire. */
  readonly wirelen: number;
  /** Drops for the same reason since the line before that have none. */
  readonly unlogged: number;
}

/** For {@link dropLog}. */
export interface DropLogOptions {
  /** Lines a second for each reason, in the long run and at once; {@link LINES_A_SECOND} when left out. */
  readonly perSecond?: number;
  /** Milliseconds of a clock that does not go back; `performance.now` when left out. */
  readonly now?: () => number;
}

/** A sink that writes lines. */
export interface DropLog {
  (delivery: Delivery): void;
  /** Drops that have no line yet, by reason: what the next line of each will say. */
  unlogged(): ReadonlyMap<ReasonName, number>;
}

/**
 * A sink for the drops: a JSON line for each ({@link DropRecord}), at most so many a second for each reason. The others are
 * counted, and the next line of their reason says how many there were. There are 78 reasons: lines are bounded whatever comes.
 *
 * @param write takes a line without its end; what it throws surfaces at `dispatch`
 * @throws {RangeError} a number that is none
 * @example
 * ```ts
 * import { batchOf, createClassifier } from "labelgate";
 * import { dropLog } from "labelgate/sinks/drop-log";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const lines: string[] = [];
 * const log = dropLog((line) => lines.push(line), { perSecond: 2 });
 * classifier.registerDrops(log);
 * classifier.dispatch(batchOf(Array.from({ length: 1000 }, () => ({ bytes: new Uint8Array(60) }))));
 * lines.length; // 2
 * log.unlogged().get("NOT_IP"); // 998
 * ```
 */
export function dropLog(
  write: (line: string) => void,
  { perSecond = LINES_A_SECOND, now = () => performance.now() }: DropLogOptions = {},
): DropLog {
  if (!isWithin(perSecond, Number.MAX_SAFE_INTEGER, 1)) {
    throw new RangeError(`perSecond ${perSecond}: expected 1 or more`);
  }
  const limits = new Map<ReasonName, Limit>();
  const unlogged = new Map<ReasonName, number>();
  const take = (delivery: Delivery): void => {
    const time = now();
    for (let index = 0; index < delivery.length; index++) {
      const frame = delivery.at(index);
      const { reason } = frame;
      if (reason === null) continue;
      let limit = limits.get(reason);
      if (limit === undefined) limits.set(reason, (limit = new Limit(perSecond)));
      if (limit.take(time)) {
        const record = recordOf(frame, reason, unlogged.get(reason) ?? 0);
        unlogged.delete(reason);
        write(JSON.stringify(record));
      } else {
        unlogged.set(reason, (unlogged.get(reason) ?? 0) + 1);
      }
    }
  };
  return Object.assign(take, { unlogged: () => new Map(unlogged) });
}

function recordOf(frame: DeliveredFrame, reason: ReasonName, unlogged: number): DropRecord {
  const { verdict, packet } = frame.explanation;
  const { label, labelScheme, offset } = verdict;
  return {
    frame: frame.frame,
    time: formatTime(frame.seconds, frame.nanoseconds),
    reason,
    rule: reasonNamed(reason).rule,
    offset,
    src: packet.src === null ? null : formatAddress(packet.src),
    dst: packet.dst === null ? null : formatAddress(packet.dst),
    label: label === null ? null : labelRecord(label, labelScheme),
    device: frame.device,
    wirelen: frame.wireLength,
    unlogged,
  };
}
