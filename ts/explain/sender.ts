/**
 * Steps 4 to 8 in words: for whom, from whom, under which label, in which datagram.
 *
 * @module
 */
import { broadcastOf, compareAddresses, formatAddress, networkOf, unmapped } from "../address.ts";
import { translate } from "../policy/dois.ts";
import type { HostPrefix, Interface, Policy } from "../policy/model.ts";
import { formatProtocol } from "../policy/ports.ts";
import {
  addressSpan,
  carriedLabel,
  type Explainable,
  labelOctets,
  labelText,
  rangeText,
  type Step,
  step,
} from "./step.ts";

const INTERFACES = "policy: interfaces";
const TEMPLATES = "policy: templates";

export function explainDestination({ policy, packet, row, device }: Explainable): Step {
  const dst = packet.dst!;
  const index = row.interface ?? interfaceWith(policy, dst);
  const span = addressSpan(packet, "dst");
  if (index === null) return step("destination", "P-02", INTERFACES, formatAddress(dst), span, []);
  const { name, device: own, vlan } = policy.interfaces[index]!;
  const where = `${own === null ? "" : ` of ${own}`}${vlan === null ? "" : vlan === 0 ? ", untagged" : ` in VLAN ${vlan}`}`;
  const tags = packet.vlan.length === 0 ? "untagged" : `tagged ${packet.vlan.join(", ")}`;
  const by = device === null ? "by a device that is not known" : `by ${device}`;
  const came = where === "" ? "" : `${where}; the frame came ${by}, ${tags}`;
  return step("destination", "P-01", INTERFACES, `${formatAddress(dst)} on ${name}${came}`, span, [
    "interfaces",
    index,
  ]);
}

function interfaceWith({ interfaces }: Policy, dst: Uint8Array): number | null {
  const isOf = (other: Uint8Array | null): boolean =>
    other !== null && other.length === dst.length && compareAddresses(other, dst) === 0;
  const holds = ({ addresses }: Interface): boolean =>
    addresses.some(({ address, prefix }) => isOf(address) || isOf(broadcastOf(address, prefix)));
  const index = interfaces.findIndex(holds);
  return index < 0 ? null : index;
}

export function explainSender({ policy, packet, row }: Explainable): Step {
  const host = row.template === null ? null : hostOf(policy, packet.src!);
  const template = host === null ? "" : ` is in ${host.text}, template ${policy.templates[host.template]!.name}`;
  const words = `${formatAddress(packet.src!)}${template}`;
  return step(
    "sender",
    "F-05",
    "policy: hosts",
    words,
    addressSpan(packet, "src"),
    host === null ? [] : ["hosts", host.text],
  );
}

// The prefix behind the template that was found.
function hostOf({ hosts }: Policy, src: Uint8Array): HostPrefix | null {
  const sender = unmapped(src); // F-05
  let best: HostPrefix | null = null;
  for (const host of hosts) {
    if (host.address.length !== sender.length || host.prefix < (best?.prefix ?? 0)) continue;
    if (compareAddresses(networkOf({ address: sender, length: host.prefix }), host.address) === 0) best = host;
  }
  return best;
}

export function explainEffective(explained: Explainable): Step {
  const { policy, packet, row, verdict } = explained;
  const template = policy.templates[row.template!]!;
  const carried = carriedLabel(explained);
  const span = packet.labelSpan ?? addressSpan(packet, "src");
  const path = ["templates", template.name];
  if (carried !== null)
    return step("effective label", "R-01", TEMPLATES, `the option's: ${labelText(carried, policy)}`, span, path);
  if (verdict.labelSource === "exempt") {
    return step("effective label", "R-02", TEMPLATES, "none: a control packet that needs none", span, path);
  }
  const words =
    template.type === "unlabelled" ? `the sender's by its template: ${labelText(template.label, policy)}` : "";
  return step("effective label", template.type === "unlabelled" ? "R-20" : "R-21", TEMPLATES, words, span, path);
}

export function explainAccreditation(explained: Explainable): Step {
  const { policy, row } = explained;
  const template = policy.templates[row.template!]!;
  const carried = carriedLabel(explained);
  const against =
    carried === null
      ? "nothing to test: the label is not the packet's own"
      : template.type === "unlabelled"
        ? `${labelText(carried, policy)} against the default label ${labelText(template.label, policy)}`
        : `${labelText(carried, policy)} against ${rangeText(template.range, template.set)}`;
  const from = carried ?? (template.type === "unlabelled" ? template.label : null);
  const counterpart = from === null ? null : translate(from, policy.translations);
  const words =
    counterpart === null || counterpart === from
      ? against
      : `${against}; it stands for ${labelText(counterpart, policy)}`;
  return step("accreditation", "Q-01", TEMPLATES, words, labelOctets(explained), ["templates", template.name]);
}

export function explainDatagram({ packet }: Explainable): Step {
  const { protocol, srcPort, dstPort, fragment, transport } = packet;
  const ports = srcPort === null ? "" : ` ${srcPort} → ${dstPort}`;
  const { fragmented, id, offset, more } = fragment!;
  const part = fragmented ? `, fragment of ${id} from ${offset}${more ? "" : ", the last"}` : "";
  const span = srcPort === null ? null : { offset: transport!, length: 4 };
  return step("ports and fragments", "Rule F", "Rule F", `${formatProtocol(protocol!)}${ports}${part}`, span, []);
}
