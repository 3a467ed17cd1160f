// The checksum of CALIPSO (RFC 5570 section 5.1.7): CRC-16/X-25.

const POLYNOMIAL = 0x8408; // reflected

const TABLE = Uint16Array.from({ length: 256 }, (_, octet) => {
  let rest = octet;
  for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 0 ? rest >> 1 : (rest >> 1) ^ POLYNOMIAL;
  return rest;
});

/** Of the octets from one index to another. */
export function crc(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0xffff;
  for (let i = from; i < to; i++) sum = (sum >> 8) ^ TABLE[(sum ^ bytes[i]!) & 0xff]!;
  return ~sum & 0xffff;
}
