// cap's decoders, one call a layer; its addon, which captures, is not loaded.
import decoders from "cap/lib/Decoders.js";
import { eachFrame, framesOf, serve } from "../serve.mjs";

const { IPV4, IPV6 } = decoders.PROTOCOL.ETHERNET;
const { TCP, UDP } = decoders.PROTOCOL.IP;

serve((capture) => eachFrame(framesOf(capture), decode));

function decode({ octets }) {
  const link = decoders.Ethernet(octets);
  const ip = ipOf(link.info.type, octets, link.offset);
  if (ip === null) return false;
  if (ip.info.protocol === TCP) return decoders.TCP(octets, ip.offset).info.dstport !== undefined;
  if (ip.info.protocol === UDP) return decoders.UDP(octets, ip.offset).info.dstport !== undefined;
  return false;
}

function ipOf(type, octets, offset) {
  if (type === IPV4) return decoders.IPV4(octets, offset);
  return type === IPV6 ? decoders.IPV6(octets, offset) : null;
}
