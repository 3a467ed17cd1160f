// What a decision table is made of.
import type { FrameInput } from "../../ts/frames.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";
import { RAW } from "../packets.ts";

export interface Decision {
  /** The behaviour, with its rule's tag. */
  readonly name: string;
  readonly policy: PolicyInput;
  /** In the order they arrive. */
  readonly frames: readonly FrameInput[];
  /**
   * For each frame: `partition/binding`, or `partition` when no binding is named, followed by `+` and the same for each
   * copy; or a reason.
   */
  readonly expect: readonly string[];
}

/** Frames of raw IP, one a packet. */
export const raw = (...packets: readonly Uint8Array[]): FrameInput[] =>
  packets.map((bytes) => ({ bytes, linkType: RAW }));

/** A frame that arrives so many seconds and nanoseconds after 1970. */
export const at = (seconds: number, bytes: Uint8Array, nanoseconds = 0): FrameInput => ({
  ...{ bytes, linkType: RAW },
  ...{ seconds, nanoseconds },
});

/** A sender that labels what it sends, and one that does not: its label is `1`. */
export const LABELLED = "198.51.100.7";
export const PLAIN = "203.0.113.5";
export const LABELLED6 = "2001:db8:1::7";
export const PLAIN6 = "2001:db8:2::7";

export const SENDERS: Pick<PolicyInput, "doi" | "templates" | "hosts"> = {
  doi: 16,
  templates: {
    peers: { type: "labelled", range: ["0", "9:0.100"] },
    outside: { type: "unlabelled", label: "1" },
  },
  hosts: {
    "198.51.100.0/24": "peers",
    "2001:db8:1::/48": "peers",
    "203.0.113.0/24": "outside",
    "2001:db8:2::/48": "outside",
  },
};
