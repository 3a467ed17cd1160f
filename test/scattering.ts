// A capture for each partition and one of the drops, twice: as split makes them, and one frame after the other from sinks.
import { MAX_PCAPNG_TIME, type PacketTime, PcapngWriter } from "../ts/capture/write.ts";
import type { Classifier } from "../ts/classifier.ts";
import type { FrameBatch } from "../ts/frames.ts";
import type { Policy } from "../ts/policy/model.ts";
import { type Reason, reasonNamed } from "../ts/reason.ts";
import { type Outlet, Scatter } from "../ts/scatter.ts";
import { concat } from "./captures.ts";

/** One capture that grows in memory. */
class Part {
  readonly chunks: Uint8Array[] = [];
  readonly #writer: PcapngWriter;
  readonly #interfaces = new Map<string, number>();

  constructor(write?: (octets: Uint8Array) => void) {
    this.#writer = new PcapngWriter(write ?? ((octets) => this.chunks.push(octets.slice())));
  }

  interfaceOf(index: number, { interfaces }: FrameBatch): number {
    const { linkType, name, snapLength } = interfaces[index]!;
    const known = this.#interfaces.get(`${index}`);
    if (known !== undefined) return known;
    const added = this.#writer.addInterface({ linkType, name, snapLength });
    this.#interfaces.set(`${index}`, added);
    this.#writer.flush();
    return added;
  }

  frame(batch: FrameBatch, row: number, comment: string | null): void {
    this.#writer.packet(batch.octets(row), {
      interface: this.interfaceOf(batch.interfaceOf(row), batch),
      ...timeOf(batch.seconds(row), batch.nanoseconds(row)),
      wireLength: batch.wireLength(row),
      ...(comment === null ? {} : { comment }),
    });
    this.#writer.flush();
  }

  end(): void {
    this.#writer.flush();
  }

  get octets(): Uint8Array {
    return concat(this.chunks);
  }
}

const say = ({ name, rule }: Reason): string => `: ${name} (${rule}) at `;

/** What a scatter writes, by slot; `handed` counts what was handed on, and `frames` those that were no block. */
export class Scattered {
  readonly scatter: Scatter;
  readonly parts: readonly Part[];
  handed = 0;
  frames = 0;

  constructor(policy: Policy) {
    this.parts = [null, ...policy.partitions].map((_, slot) => new Part((octets) => this.scatter.append(slot, octets)));
    const outlet: Outlet = {
      write: (slot, octets) => {
        this.handed++;
        this.parts[slot]!.chunks.push(octets.slice());
      },
      interfaceOf: (slot, batch, index) => this.parts[slot]!.interfaceOf(index, batch),
      frame: (slot, batch, row, comment) => {
        this.frames++;
        this.parts[slot]!.frame(batch, row, comment);
      },
    };
    this.scatter = new Scatter(policy, say, outlet);
  }

  end(): Uint8Array[] {
    for (const part of this.parts) part.end();
    this.scatter.flush();
    return this.parts.map(({ octets }) => octets);
  }
}

/** What sinks of a classifier write, in the same order. Ask for it before the batches are dispatched. */
export function writtenBySinks(classifier: Classifier): () => Uint8Array[] {
  const parts = [null, ...classifier.partitions].map((name) => {
    const part = new Part();
    if (name !== null) {
      classifier.register(name, ({ batch, rows }) => {
        for (const row of rows) part.frame(batch, row, null);
      });
    } else {
      classifier.registerDrops((delivery) => {
        for (const { row, frame, verdict } of delivery) {
          part.frame(delivery.batch, row, `frame ${frame}${say(reasonNamed(verdict.reason!))}${verdict.offset}`);
        }
      });
    }
    return part;
  });
  return () =>
    parts.map((part) => {
      part.end();
      return part.octets;
    });
}

function timeOf(seconds: number, nanoseconds: number): PacketTime {
  if (seconds < 0) return { seconds: 0, nanoseconds: 0 };
  const { seconds: last, nanoseconds: lastNanoseconds } = MAX_PCAPNG_TIME;
  const isWithin = seconds < last || (seconds === last && nanoseconds <= lastNanoseconds);
  return isWithin ? { seconds, nanoseconds } : MAX_PCAPNG_TIME;
}
