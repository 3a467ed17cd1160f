/**
 * Link types: how a frame begins. Numbers and names are those of tcpdump.org/linktypes.html, without LINKTYPE_.
 *
 * @module
 */

/**
 * The link types that are read, by number.
 *
 * @example
 * ```ts
 * import { LINK_TYPES } from "labelgate";
 * LINK_TYPES.get(113); // "LINUX_SLL"
 * ```
 */
export const LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [0, "NULL"],
  [1, "ETHERNET"],
  [9, "PPP"],
  [12, "RAW (as BSD numbers it)"],
  [101, "RAW"],
  [108, "LOOP"],
  [113, "LINUX_SLL"],
  [228, "IPV4"],
  [229, "IPV6"],
  [276, "LINUX_SLL2"],
]);

/** Link types that are met in the wild and not read: the message is clearer with a name. */
const OTHER_LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [3, "AX25"],
  [6, "IEEE802_5"],
  [7, "ARCNET_BSD"],
  [8, "SLIP"],
  [10, "FDDI"],
  [50, "PPP_HDLC"],
  [51, "PPP_ETHER"],
  [100, "ATM_RFC1483"],
  [104, "C_HDLC"],
  [105, "IEEE802_11"],
  [107, "FRELAY"],
  [109, "ENC"],
  [117, "PFLOG"],
  [119, "IEEE802_11_PRISM"],
  [122, "IP_OVER_FC"],
  [123, "SUNATM"],
  [127, "IEEE802_11_RADIOTAP"],
  [129, "ARCNET_LINUX"],
  [138, "APPLE_IP_OVER_IEEE1394"],
  [139, "MTP2_WITH_PHDR"],
  [140, "MTP2"],
  [141, "MTP3"],
  [143, "DOCSIS"],
  [144, "LINUX_IRDA"],
  [163, "IEEE802_11_AVS"],
  [165, "BACNET_MS_TP"],
  [166, "PPP_PPPD"],
  [187, "BLUETOOTH_HCI_H4"],
  [189, "USB_LINUX"],
  [192, "PPI"],
  [195, "IEEE802_15_4_WITHFCS"],
  [197, "ERF"],
  [201, "BLUETOOTH_HCI_H4_WITH_PHDR"],
  [204, "PPP_WITH_DIR"],
  [209, "I2C_LINUX"],
  [220, "USB_LINUX_MMAPPED"],
  [224, "FC_2"],
  [226, "IPNET"],
  [227, "CAN_SOCKETCAN"],
  [230, "IEEE802_15_4_NOFCS"],
  [239, "NFLOG"],
  [240, "NETANALYZER"],
  [242, "IPOIB"],
  [243, "MPEG_2_TS"],
  [247, "INFINIBAND"],
  [249, "USBPCAP"],
  [251, "BLUETOOTH_LE_LL"],
  [252, "WIRESHARK_UPPER_PDU"],
  [253, "NETLINK"],
  [258, "PKTAP"],
  [274, "ETHERNET_MPACKET"],
  [283, "IEEE802_15_4_TAP"],
]);

/** What to say of a link type that isn't in {@link LINK_TYPES}. */
export function unsupportedLinkType(linkType: number): string {
  const user = linkType >= 147 && linkType <= 162 ? `USER${linkType - 147}` : undefined;
  const name = OTHER_LINK_TYPES.get(linkType) ?? user;
  const supported = [...LINK_TYPES].map(([number, text]) => `${number} ${text}`).join(", ");
  return `link type ${linkType}${name === undefined ? "" : ` (${name})`} is not supported; these are: ${supported}`;
}
