/**
 * Where what a partition sends goes, and with which option: the tests of the sending side (S-02 to S-06, G-03 to G-06), made
 * once for a source, a label and a destination, and remembered.
 *
 * @module
 */
import { compareAddresses, isGroupAddress, isIn, isLinkLocal, lastOf, networkOf } from "../address.ts";
import { dominates, equal, type Label, within } from "../label.ts";
import { translate, untranslate } from "../policy/dois.ts";
import type { Live } from "../policy/live.ts";
import type { InterfaceAddress, Policy, Template } from "../policy/model.ts";
import { type AddressKey, keyOf } from "./address-key.ts";
import type { RefusalName } from "./refusal.ts";

/** Destinations that one source and label are remembered for; beyond it all are forgotten, and looked up anew. */
export const MAX_ROUTES = 4096;

/** A way out. */
export interface Route {
  /** Index of the interface. */
  readonly wire: number;
  /** The host on its wire that gets the packet: the destination or a gateway. */
  readonly nextHop: Uint8Array;
  readonly nextHopKey: AddressKey;
  /** Octets of the label option it leaves with; `null`: it leaves without (S-05, G-05). */
  readonly option: Uint8Array | null;
  /** Whether only a port that reads down may go this way: the destination's label is lower than the sender's (S-03). */
  readonly isLower: boolean;
}

/** What a policy must be asked. */
export interface RouteQuestions {
  readonly policy: Policy;
  readonly live: Live;
  /** The host template of an address, by the longest prefix; `null`: none. */
  templateOf(address: Uint8Array): Template | null;
  /** A label option for the interface and the family; `null`: the label can't be said. */
  encode(label: Label, interfaceIndex: number, version: 4 | 6): Uint8Array | null;
}

/** Routes of packets with one source address and one label. */
export class Routes {
  readonly #questions: RouteQuestions;
  readonly #wire: number;
  readonly #label: Label;
  readonly #known = new Map<AddressKey, Route | RefusalName>();

  /** @param wire index of the interface that the source is an address of */
  constructor(questions: RouteQuestions, wire: number, label: Label) {
    this.#questions = questions;
    this.#wire = wire;
    this.#label = label;
  }

  /** The way to a destination, or why there is none. */
  find(key: AddressKey, destination: Uint8Array): Route | RefusalName {
    let route = this.#known.get(key);
    if (route === undefined) {
      if (this.#known.size >= MAX_ROUTES) this.#known.clear();
      route = this.#look(destination.slice());
      this.#known.set(key, route);
    }
    return route;
  }

  #look(destination: Uint8Array): Route | RefusalName {
    const { policy, live, templateOf, encode } = this.#questions;
    const { addresses, range } = policy.interfaces[this.#wire]!;
    if (isNoHost(destination)) return "NO_ROUTE"; // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5
    if (isGroupAddress(destination) || isBroadcast(destination, addresses)) return "GROUP_DESTINATION"; // M-05
    const isOurs = ({ address }: InterfaceAddress): boolean => compareAddresses(address, destination) === 0;
    if (policy.interfaces.some((item) => item.addresses.some(isOurs))) return "LOCAL_DESTINATION"; // S-11
    const template = templateOf(destination);
    if (template === null) return "NO_DESTINATION_TEMPLATE"; // S-02
    const seen = this.#seenBy(template, this.#label);
    if (seen === "refused") return "DESTINATION_NOT_ACCREDITED"; // S-03, S-04, G-04
    if (range !== null && !within(this.#label, range)) return "LABEL_MAY_NOT_LEAVE";

    const version = destination.length === 4 ? 4 : 6;
    const isOnLink = addresses.some(({ address, prefix }) => prefix !== null && isIn(destination, address, prefix));
    const own = live.interfaces[this.#wire]!;
    if (!isOnLink && isLinkLocal(destination)) return "NO_ROUTE"; // RFC 4291 section 2.5.6
    const nextHop = isOnLink ? destination : version === 4 ? own.gateway4 : own.gateway6;
    if (nextHop === null) return "NO_ROUTE";
    const way = { wire: this.#wire, nextHop, nextHopKey: keyOf(nextHop), isLower: seen === "lower" };
    // S-05: a destination that labels gets a label; another only behind a gateway that does.
    let reader = template;
    // S-03: what goes to a lower host has that host's label from here on.
    const label = seen === "lower" ? this.#labelAt(template) : this.#label;
    if (label === null) return "DESTINATION_NOT_ACCREDITED";
    if (!isOnLink) {
      const gateway = templateOf(nextHop);
      if (gateway === null) return "NO_GATEWAY_TEMPLATE"; // G-03
      if (this.#seenBy(gateway, label) !== "equal") return "GATEWAY_NOT_ACCREDITED"; // S-06
      if (template.type === "unlabelled") reader = gateway; // G-06
    }
    if (reader.type === "unlabelled") return { ...way, option: null }; // G-05
    const said = untranslate(label, reader.doi, policy.translations);
    const option = said === null ? null : encode(said, this.#wire, version);
    return option === null ? "LABEL_NOT_ENCODABLE" : { ...way, option };
  }

  // The label of an unlabelled host, in our terms.
  #labelAt(template: Template): Label | null {
    return template.type === "unlabelled" ? translate(template.label, this.#questions.policy.translations) : null;
  }

  // What hosts of a template are allowed to see of the label. `lower`: theirs is lower (S-03).
  #seenBy(template: Template, ours: Label): "equal" | "lower" | "refused" {
    const { policy } = this.#questions;
    const label = untranslate(ours, template.doi, policy.translations);
    if (label === null) return "refused"; // another DOI
    if (template.type === "labelled") {
      const { range, set } = template;
      return (range !== null && within(label, range)) || set.some((item) => equal(item, label)) ? "equal" : "refused";
    }
    if (equal(label, template.label)) return "equal";
    return dominates(label, template.label) ? "lower" : "refused";
  }
}

// This host on this network, and loopback: of no other host.
function isNoHost(address: Uint8Array): boolean {
  if (address.length === 4) return address[0] === 0 || address[0] === 127;
  return address.subarray(0, 15).every((octet) => octet === 0) && address[15]! <= 1;
}

// Directed broadcasts, and the network's own address, which some hosts take for one (RFC 1122 section 3.3.6).
function isBroadcast(destination: Uint8Array, addresses: readonly InterfaceAddress[]): boolean {
  if (destination.length !== 4) return false;
  return addresses.some(({ address, prefix }) => {
    if (prefix === null || prefix > 30 || !isIn(destination, address, prefix)) return false;
    const own = { address: destination, length: prefix };
    return [networkOf(own), lastOf(own)].some((end) => compareAddresses(end, destination) === 0);
  });
}
