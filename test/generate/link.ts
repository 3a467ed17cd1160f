// Link headers, each with the tags and the protocol that it announces.
// The link header of a type for a packet of so many octets; `kind` chooses among its variants.
export function linkHeader(
  linkType: number,
  version: 4 | 6,
  length: number,
  kind: number,
  vlans: readonly number[],
): number[] {
  const etherType = version === 4 ? [8, 0] : [0x86, 0xdd];
  const ppp = version === 4 ? 0x21 : 0x57;
  const tagged = vlans.flatMap((vlan, i) => [
    ...(i % 2 === 0 ? [0x81, 0] : [0x88, 0xa8]),
    0x20 | (vlan >> 8),
    vlan & 255,
  ]);
  const stack = (last: number[]): number[] => [...tagged, ...last];
  switch (linkType) {
    case 0: {
      const family = version === 4 ? 2 : [10, 24, 28, 30][kind % 4]!;
      return kind % 2 === 0 ? [family, 0, 0, 0] : [0, 0, 0, family];
    }
    case 108:
      return [0, 0, 0, version === 4 ? 2 : [10, 24, 28, 30][kind % 4]!];
    case 9:
      return [...(kind % 2 === 0 ? [0xff, 3] : []), ...(kind % 3 === 0 ? [] : [0]), ppp];
    case 113:
      return [0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, ...stack(etherType)];
    case 276: {
      const [type = [], ...rest] = [etherType];
      return [...type, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, ...rest.flat()];
    }
    case 1: {
      const claimed = length + 2 - (kind === 11 ? 1 : 0);
      const pppoe = [0x88, 0x64, 0x11, 0, 0, 1, claimed >> 8, claimed & 255, 0, ppp];
      return [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, ...stack(kind % 6 === 5 ? pppoe : etherType)];
    }
    default:
      return [];
  }
}
