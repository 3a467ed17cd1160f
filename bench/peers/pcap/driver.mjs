// node_pcap's decode.packet; its addon, which captures, is not loaded.
import pcap from "pcap/decode/index.js";
import TCP from "pcap/decode/tcp.js";
import UDP from "pcap/decode/udp.js";
import { eachFrame, framesOf, serve } from "../serve.mjs";

// What its addon gives with each packet.
const LINK = "LINKTYPE_ETHERNET";

serve((capture) =>
  eachFrame(
    framesOf(capture).map(({ header, octets }) => ({ link_type: LINK, header, buf: octets, octets })),
    (packet) => reachesPorts(pcap.decode.packet(packet).payload),
  ),
);

/** Extension headers stand between an IPv6 header and its payload. */
function reachesPorts(layer) {
  let inner = layer.payload;
  while (inner && !(inner instanceof TCP || inner instanceof UDP)) inner = inner.payload;
  return Boolean(inner);
}
