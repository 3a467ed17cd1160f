// ip-packet: the IPv4 header alone. It refuses headers with options, labelled ones that is: the time of its exceptions says
// nothing, so the frames it would refuse are left out before the clock starts.
import ip from "ip-packet";
import { eachFrame, framesOf, serve } from "../serve.mjs";

const ETHERTYPE_AT = 12;
const ETHERTYPE_IPV4 = 0x0800;
const IP_AT = 14;
const IP_LENGTH_LEAST = 20;
const IPV4_NO_OPTIONS = 0x45;

serve((capture) => eachFrame(framesOf(capture).filter(isPlain), decode));

function isPlain({ octets }) {
  if (octets.length < IP_AT + IP_LENGTH_LEAST) return false;
  return octets.readUInt16BE(ETHERTYPE_AT) === ETHERTYPE_IPV4 && octets[IP_AT] === IPV4_NO_OPTIONS;
}

function decode({ octets }) {
  return ip.decode({ buffer: octets, start: IP_AT, end: octets.length }).version === 4;
}
