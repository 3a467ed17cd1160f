// Captures as the library writes them.
import { PcapngWriter, PcapWriter } from "../ts/capture/write.ts";
import type { FrameInput } from "../ts/frames.ts";
import { concat } from "./captures.ts";
import { RAW } from "./packets.ts";

/** A capture of raw packets, a second apart. */
export function pcap(packets: readonly Uint8Array[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk), { linkType: RAW });
  for (const [i, octets] of packets.entries()) writer.packet(octets, { seconds: i, nanoseconds: 0 });
  writer.flush();
  return concat(chunks);
}

/** A capture whose interfaces are described again at some frames: a chunk ends at each description. */
export function pcapng(list: readonly FrameInput[], isCut: (frame: number) => boolean): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk));
  const indexes = new Map<string, number>();
  list.forEach(({ bytes, linkType = 1, device, wireLength, seconds = 0, nanoseconds = 0 }, i) => {
    if (isCut(i)) indexes.clear();
    const key = `${linkType} ${device}`;
    if (!indexes.has(key)) indexes.set(key, writer.addInterface({ linkType, name: device ?? null }));
    const length = wireLength === undefined ? {} : { wireLength };
    writer.packet(bytes, { interface: indexes.get(key)!, seconds, nanoseconds, ...length });
  });
  writer.flush();
  return concat(chunks);
}
