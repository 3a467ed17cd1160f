// The rows that the kernel and the API share: byte offsets of their fields, compiled by asc and imported by ts/.
// All integers are little endian, as WebAssembly and every typed array on supported machines have them.

// FRAME: one captured frame. Written by whoever brings frames, read by the kernel.
export const FRAME_SIZE = 32;
export const FRAME_OFFSET = 0; // u32, where its octets start in the batch's bytes
export const FRAME_CAPLEN = 4; // u32, octets captured
export const FRAME_WIRELEN = 8; // u32, octets on the wire
export const FRAME_LINKTYPE = 12; // u16, LINKTYPE_ number
export const FRAME_INTERFACE = 14; // u16, interface of the capture
export const FRAME_SECONDS = 16; // f64, whole seconds since 1970
export const FRAME_NANOS = 24; // u32, 0-999999999

export const MAX_CAPLEN = 262144; // the most octets of one frame that are accepted, libpcap's own bound (MAXIMUM_SNAPLEN)

// PACKET: what steps 1-3 read of one frame. Written by the kernel, one record, overwritten by the next frame.
// Places in the frame are addresses.
export const PACKET_STATUS = 0; // u8, a reason
export const PACKET_VERSION = 1; // u8, 4, 6, or 0: no IP header was recognised
export const PACKET_SCHEME = 2; // u8, SCHEME_
export const PACKET_VLANS = 3; // u8, count of tags
export const PACKET_BLAME = 4; // u32, valid when the status is not OK, OK_NONMINIMAL, OK_FRAGMENT, NO_LABEL
export const PACKET_SRC = 8; // u32, where the source address is; 0: not read
export const PACKET_DST = 12; // u32, where the destination address is; 0: not read
export const PACKET_TRANSPORT = 16; // u32, upper-layer header; 0: not reached
export const PACKET_FRAG_OFFSET = 20; // u32, octets
export const PACKET_SPORT = 24; // u16, as on the wire
export const PACKET_DPORT = 26; // u16, as on the wire
export const PACKET_PROTOCOL = 28; // u16, or NONE16
export const PACKET_PORTS = 30; // u8, PORTS_
export const PACKET_FRAGMENT = 31; // u8, 1 for a fragment (an atomic one is none)
export const PACKET_MORE = 32; // u8, 1: more fragments follow
export const PACKET_RIPSO_LEVEL = 33; // u8, level octet
export const PACKET_RIPSO_AUTHORITIES = 34; // u8, authority octet, 0 when absent
export const PACKET_OPTIONS = 36; // u32, count of option types
export const PACKET_IP = 40; // u32, IP header
export const PACKET_END = 44; // u32, end of the packet by its IP length
export const PACKET_FRAG_ID = 48; // u32, as on the wire: two octets of IPv4, four of IPv6
export const PACKET_FRAG_AT = 52; // u32, IPv4: IP + 6; IPv6: the fragment header
export const PACKET_LABEL_AT = 56; // u32, label option
export const PACKET_LABEL_LEN = 60; // u32, its length with type and length octets
export const PACKET_VLAN_TAGS = 64; // u16 each, MAX_VLANS of them, the TCI
export const PACKET_OPTION_TYPES = 80; // u8 each, MAX_OPTIONS of them
export const PACKET_SIZE = 1108;

export const PORTS_NONE = 0; // the protocol has none, or this is not where they stand
export const PORTS_READ = 1;
export const PORTS_MISSED = 2; // they should be there, and are not

export const NONE16 = 0xffff;
export const NONE32 = 0xffffffff;

// The bounds of step 1 to 3 (docs/decision.md).
export const MAX_VLANS = 8; // L2
export const MAX_EXTENSIONS = 12; // E2: 8192 would fit into a packet
export const MAX_PADDING = 7; // M1: octets in a row
export const MAX_HEADER_OPTIONS = 8; // M2: in one header, padding aside
// The types one packet can show: 12 headers, each 8 options with up to 7 pads around every one, and the one refused.
export const MAX_OPTIONS = 1028;

export const SCHEME_NONE = 0;
export const SCHEME_CIPSO = 1;
export const SCHEME_RIPSO = 2;
export const SCHEME_CALIPSO = 3;

// VERDICT: what is decided about one frame. Written by the kernel.
export const VERDICT_SIZE = 32;
export const VERDICT_REASON = 0; // u8, OK when delivered
export const VERDICT_STATUS = 1; // u8, what the options said
export const VERDICT_SOURCE = 2; // u8, SOURCE_
export const VERDICT_VERSION = 3; // u8, 4, 6 or 0, and PART_OF_DATAGRAM
export const VERDICT_PARTITION = 4; // u16, or NONE16
export const VERDICT_INTERFACE = 6; // u16 of the policy, or NONE16
export const VERDICT_ENDPOINT = 8; // u32, or NONE32
export const VERDICT_LABEL = 12; // u32, the policy's label it equals, or NONE32
export const VERDICT_BLAME = 16; // u32, offset in the frame
export const VERDICT_IP = 20; // u16, offset of the IP header in the frame: link headers are short
export const VERDICT_COPIES = 22; // u16, deliveries beyond the first
export const VERDICT_LABEL_AT = 24; // u16, offset of the label option in the frame
export const VERDICT_LABEL_LEN = 26; // u16
export const VERDICT_TEMPLATE = 28; // u16, or NONE16
export const VERDICT_CHOSEN = 30; // u16, the partition of step 9, also when a later step drops; or NONE16

export const PART_OF_DATAGRAM = 128; // it is a fragment: what comes before it in the capture has a say in its verdict

export const SOURCE_NONE = 0; // dropped before a label was known
export const SOURCE_OPTION = 1; // the packet's own option
export const SOURCE_HOST = 2; // the default label of its sender's template
export const SOURCE_EXEMPT = 3; // a control packet that needs none
export const SOURCE_MAPPED = 4; // the counterpart of the packet's own option (dois)
