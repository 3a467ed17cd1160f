/**
 * What a file that is no capture seems to be, from its first octets, and what its owner can do.
 *
 * @module
 */

/** Octets that tell one format from another. */
export const MAGIC_LENGTH = 4;

const COMPRESSED = "is compressed";
const OTHER_CAPTURE = "is a capture in a format that is not read";

const FORMATS: readonly (readonly [octets: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], `${COMPRESSED} (gzip): decompress it first, gzip -dc FILE`],
  [[0x28, 0xb5, 0x2f, 0xfd], `${COMPRESSED} (zstd): decompress it first, zstd -dc FILE`],
  [[0xfd, 0x37, 0x7a, 0x58], `${COMPRESSED} (xz): decompress it first, xz -dc FILE`],
  [[0x04, 0x22, 0x4d, 0x18], `${COMPRESSED} (lz4): decompress it first, lz4 -dc FILE`],
  [[0x42, 0x5a, 0x68], `${COMPRESSED} (bzip2): decompress it first, bzip2 -dc FILE`],
  [[0x50, 0x4b, 0x03, 0x04], `${COMPRESSED} (zip): unpack it first, unzip -p FILE`],
  [[0x73, 0x6e, 0x6f, 0x6f], `${OTHER_CAPTURE} (snoop): convert it first, editcap -F pcapng FILE OUT`],
  [[0x47, 0x4d, 0x42, 0x55], `${OTHER_CAPTURE} (Network Monitor): convert it first, editcap -F pcapng FILE OUT`],
  [[0x52, 0x54, 0x53, 0x53], `${OTHER_CAPTURE} (Network Monitor 1): convert it first, editcap -F pcapng FILE OUT`],
  [[0x54, 0x52, 0x53, 0x4e], `${OTHER_CAPTURE} (Sniffer): convert it first, editcap -F pcapng FILE OUT`],
  [[0x58, 0x43, 0x50, 0x00], `${OTHER_CAPTURE} (NetXRay): convert it first, editcap -F pcapng FILE OUT`],
];

/**
 * Says what octets that begin no capture seem to be.
 *
 * @param octets the first {@link MAGIC_LENGTH}, or all there are
 */
export function describeForeign(octets: Uint8Array): string {
  const format = FORMATS.find(([magic]) => magic.every((octet, at) => octets[at] === octet));
  if (format !== undefined) return `this ${format[1]}`;
  if (octets.length < MAGIC_LENGTH) return `too short for a capture: ${octets.length} octets`;
  if (isText(octets) && octets[0] === 0x7b) return "this seems to be JSON, a policy perhaps";
  if (isText(octets)) return "this seems to be text; a hex dump can be made into a capture, text2pcap FILE OUT";
  const hex = Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
  return `neither pcap nor pcapng: it begins with ${hex}`;
}

function isText(octets: Uint8Array): boolean {
  if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) return true; // UTF-8 byte order mark
  return octets.every((octet) => (octet >= 0x20 && octet < 0x7f) || octet === 0x09 || octet === 0x0a || octet === 0x0d);
}
