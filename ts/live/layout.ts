/**
 * What a gate makes of one policy, replaced as a whole when the policy is: who judges, where packets cross, who may speak.
 *
 * @module
 */
import { FRAME_SIZE } from "../../assembly/columns.ts";
import type { Crossing } from "../crossing.ts";
import { Judge } from "../judge.ts";
import { MAX_BATCH } from "../kernel.ts";
import { equal, formatLabel, type Label } from "../label.ts";
import { calipsoOption, cipsoOption, ripsoOption } from "../label-option.ts";
import { FIRST_SINK_SLOT } from "../policy/compile.ts";
import type { PolicyInput } from "../policy/input.ts";
import type { Live } from "../policy/live.ts";
import type { Policy } from "../policy/model.ts";
import { resolvePolicy } from "../policy/read.ts";
import { type AddressKey, keyOf } from "./address-key.ts";
import { LiveError } from "./error.ts";
import type { PartitionRules, Speaker } from "./partition-side.ts";
import type { FrameRoom } from "./port.ts";
import type { RouteQuestions } from "./routes.ts";

/** Octets that frames on their way out are written to. */
const ROOM = 1_048_576;
/** Octets that a label takes at most of an IPv4 packet (RFC 791 section 3.1). */
export const MOST_LABEL = 40;

/** Labels of packets that are kept at a time. */
const MAX_LABELS = 4096;

export class Layout {
  readonly policy: Policy;
  readonly live: Live;
  readonly judge: Judge;
  readonly crossing: Crossing;
  /** Where sources put frames. */
  readonly room: FrameRoom;
  readonly questions: RouteQuestions;
  /** The policy's number of each partition's label. */
  readonly ownLabels: readonly number[];
  readonly #labels = new Map<string, Label>();

  /**
   * @throws {PolicyError} with everything that is wrong
   * @throws {LiveError} it says nothing about this machine
   */
  constructor(input: PolicyInput) {
    const policy = liveOf(input);
    this.policy = policy;
    this.live = policy.live;
    this.judge = new Judge(policy, ROOM);
    const { kernel, image } = this.judge;
    this.crossing = kernel.cross();
    const intake = kernel.lend()!;
    const rows = new Uint8Array(intake.memory, intake.rowsAt, MAX_BATCH * FRAME_SIZE);
    this.room = { bytes: intake.octets, rows };
    image.endpoints.forEach(({ partition }, i) => {
      kernel.setSlot(i, slotOf(partition));
    });
    this.ownLabels = policy.partitions.map(({ label }) => image.labels.findIndex((item) => equal(item, label)));
    this.questions = {
      policy,
      live: this.live,
      templateOf: (address) => {
        const template = this.crossing.templateOf(address);
        return template === null ? null : policy.templates[template]!;
      },
      encode: (label, index, version) => this.#encode(label, index, version),
    };
  }

  /** One object for equal labels of packets, so that what is remembered of one is found for all. */
  intern(label: Label): Label {
    const key = `${label.doi} ${formatLabel(label)}`;
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    if (this.#labels.size >= MAX_LABELS) this.#labels.clear();
    this.#labels.set(key, label);
    return label;
  }

  /** The partition of a slot. */
  partitionOf(slot: number): number {
    return slot - FIRST_SINK_SLOT;
  }

  /**
   * What holds for a partition with a port. `wireMtus` are the interfaces', `portMtu` its own.
   *
   * @throws {LiveError} its MTU is above that of its port
   */
  rulesOf(index: number, wireMtus: readonly number[], portMtu: number): PartitionRules {
    const partition = this.policy.partitions[index]!;
    const live = this.live.partitions[index]!;
    const least = Math.min(...wireMtus) - MOST_LABEL;
    const mtu = live.mtu ?? Math.min(portMtu, least);
    if (mtu > portMtu) {
      throw new LiveError(
        "MTU_TOO_LARGE",
        `partition ${partition.name}: packets of ${mtu} octets, but its port takes ${portMtu}`,
        `"mtu": ${portMtu}`,
      );
    }
    return { partition, live, mtu, speakers: this.#speakersOf(index, partition.shared) };
  }

  // P-02: partitions have no address; they may use the shared ones, and those they own.
  #speakersOf(index: number, isShared: boolean): ReadonlyMap<AddressKey, Speaker> {
    const speakers = new Map<AddressKey, Speaker>();
    this.policy.interfaces.forEach(({ addresses }, wire) => {
      for (const { address, owner } of addresses) {
        if (owner === null ? !isShared : owner !== index) continue;
        speakers.set(keyOf(address), { address, wire, isOwned: owner !== null, routes: new Map() });
      }
    });
    return speakers;
  }

  #encode(label: Label, index: number, version: 4 | 6): Uint8Array | null {
    const isRipso = version === 4 && this.live.interfaces[index]!.ipv4 === "ripso";
    if (!isRipso) return version === 4 ? cipsoOption(label) : calipsoOption(label);
    for (const [key, mapped] of this.policy.ripso.labels) {
      if (equal(mapped, label)) return ripsoOption(key >> 8, key & 0xff);
    }
    return null;
  }
}

/**
 * A policy, resolved for a gate. Without a word about checksums it verifies them (G-07): frames come from a wire.
 *
 * @throws {PolicyError} with everything that is wrong
 * @throws {LiveError} it says nothing about this machine
 */
export function liveOf(input: PolicyInput): Policy & { readonly live: Live } {
  const policy = resolvePolicy({ ...input, checksum: input.checksum ?? "verify" });
  const { live } = policy;
  if (live !== null) return { ...policy, live };
  throw new LiveError(
    "BAD_POLICY",
    "the policy does not say what its partitions are on this machine",
    `"live": { "partitions": { "${policy.partitions[0]?.name ?? "public"}": { "port": { "veth": "q1" } } } }`,
  );
}

function slotOf(partition: number): number {
  return FIRST_SINK_SLOT + partition;
}
