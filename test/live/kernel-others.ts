// What Linux finds wrong with options that are no labels, which labelgate passes over (RFC 1812: unrecognised options pass
// unchanged; rule O4 and those behind it judge their lengths only). A label beside them is not in doubt.

/** Why Linux drops a well-formed area for another option's sake. */
export type OtherFault = "source route" | "record route" | "timestamp" | "router alert" | "IOAM not at 4n";

/** The first fault before the end of the options, or a length that is wrong (`__ip_options_compile`; source routes are off). */
export function otherFault4(area: readonly number[]): OtherFault | null {
  let recorded = false;
  let stamped = false;
  for (let i = 0; i < area.length && area[i] !== 0; ) {
    const type = area[i]!;
    if (type === 1) {
      i++;
      continue;
    }
    const length = area[i + 1] ?? 0;
    const pointer = area[i + 2] ?? 0;
    if (length < 2 || i + length > area.length) return null;
    if (type === 131 || type === 137) return "source route";
    if (type === 7) {
      if (recorded || length < 3 || pointer < 4 || (pointer <= length && pointer + 3 > length)) return "record route";
      recorded = true;
    } else if (type === 68) {
      if (stamped || length < 4 || timestampFault(length, pointer, area[i + 3]!)) return "timestamp";
      stamped = true;
    } else if (type === 148 && length < 4) return "router alert";
    i += length;
  }
  return null;
}

function timestampFault(length: number, pointer: number, flags: number): boolean {
  if (pointer < 5) return true;
  const form = flags & 15;
  if (pointer > length) return form !== 3 && flags >> 4 === 15; // full, and the count of those left out too
  if (pointer + 3 > length) return true;
  return (form === 1 || form === 3) && pointer + 7 > length;
}

/** The same of a hop-by-hop header whose options are right by their lengths, behind its next header octet. */
export function otherFault6(area: readonly number[]): OtherFault | null {
  for (let i = 1; i < area.length; ) {
    const type = area[i]!;
    if (type === 0x31 && (i + 1) % 4 !== 0) return "IOAM not at 4n"; // RFC 9486
    i += type === 0 ? 1 : 2 + area[i + 1]!;
  }
  return null;
}
