/**
 * IP addresses as keys of maps.
 *
 * @module
 */

/** IPv4: its 32 bits as a number. IPv6: its octets, two in each character. */
export type AddressKey = number | string;

/** The key of the address at `at`, of 4 or 16 octets. */
export function keyAt(bytes: Uint8Array, at: number, length: number): AddressKey {
  if (length === 4) {
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }
  let key = "";
  for (let i = at; i < at + 16; i += 2) key += String.fromCharCode((bytes[i]! << 8) | bytes[i + 1]!);
  return key;
}

/** The key of an address. */
export function keyOf(address: Uint8Array): AddressKey {
  return keyAt(address, 0, address.length);
}
