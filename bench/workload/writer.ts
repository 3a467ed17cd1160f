// A pcap file of Ethernet frames, written into one buffer: little endian, microseconds.

const MAGIC = 0xa1b2c3d4;
const ETHERNET = 1;
const SNAP = 65535;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const START = 1_700_000_000; // seconds since 1970
const MICROSECONDS = 1_000_000;
/** Octets that a frame has at most. */
export const MAX_FRAME = 9216;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const IP_CHECKSUM = 10;

/** Writes frame after frame, each from its first octet on. What was not written is zero. */
export class Writer {
  bytes: Uint8Array;
  #view: DataView;
  /** Where the next octet of the frame at hand goes. */
  at: number = FILE_HEADER;
  /** Where its IP header is. */
  ip: number = 0;
  #record = FILE_HEADER;
  #frames = 0;

  /** Begins with room for so many octets. */
  constructor(octets: number) {
    this.bytes = new Uint8Array(FILE_HEADER + octets);
    this.#view = new DataView(this.bytes.buffer);
    this.#view.setUint32(0, MAGIC, true);
    this.#view.setUint16(4, 2, true);
    this.#view.setUint16(6, 4, true);
    this.#view.setUint32(16, SNAP, true);
    this.#view.setUint32(20, ETHERNET, true);
  }

  /** Begins a frame with its MAC addresses, `tags` VLAN tags and the EtherType. */
  open(tags: number, type: number): void {
    this.#record = this.at;
    this.#reserve();
    const { bytes } = this;
    let at = this.at + RECORD_HEADER;
    bytes[at] = bytes[at + 6] = 2;
    bytes[at + 11] = 1;
    at += 12;
    for (let tag = tags; tag > 0; tag--) {
      this.#view.setUint16(at, tag > 1 ? 0x88a8 : 0x8100);
      this.#view.setUint16(at + 2, 100 + tag);
      at += 4;
    }
    this.#view.setUint16(at, type);
    this.at = at + 2;
  }

  /** Begins an IPv4 frame; options go to `at`. */
  open4(tags: number, protocol: number, source: Uint8Array, destination: Uint8Array): void {
    this.open(tags, IPV4);
    const { bytes, at } = this;
    this.ip = at;
    this.#view.setUint16(at + 4, this.#frames & 0xffff);
    bytes[at + 8] = 64;
    bytes[at + 9] = protocol;
    for (let i = 0; i < 4; i++) {
      bytes[at + 12 + i] = source[i]!;
      bytes[at + 16 + i] = destination[i]!;
    }
    this.at = at + 20;
  }

  /** Ends the options of IPv4, as many octets as were written, filled up with zeros. */
  closeOptions(): void {
    const words = (this.at - this.ip + 3) >> 2;
    this.bytes[this.ip] = 0x40 | words;
    this.at = this.ip + 4 * words;
  }

  /** Begins an IPv6 frame whose first header is of type `next`. */
  open6(tags: number, next: number, source: Uint8Array, destination: Uint8Array): void {
    this.open(tags, IPV6);
    const { bytes, at } = this;
    this.ip = at;
    bytes[at] = 0x60;
    bytes[at + 6] = next;
    bytes[at + 7] = 64;
    for (let i = 0; i < 16; i++) {
      bytes[at + 8 + i] = source[i]!;
      bytes[at + 24 + i] = destination[i]!;
    }
    this.at = at + 40;
  }

  /** Begins a header of options, hop-by-hop or destination, before a header of type `next`. */
  openHeader(next: number): void {
    this.bytes[this.at] = next;
    this.at += 2;
  }

  /** Ends the header of options that began at an index, filled up with PadN. */
  closeHeader(from: number): void {
    const rest = -(this.at - from) & 7;
    if (rest > 1) {
      this.bytes[this.at] = 1;
      this.bytes[this.at + 1] = rest - 2;
    }
    this.at += rest;
    this.bytes[from + 1] = (this.at - from - 8) >> 3;
  }

  octets(values: ArrayLike<number>): void {
    this.bytes.set(values, this.at);
    this.at += values.length;
  }

  /** The header of a protocol: TCP, UDP, or ICMP echo for any other. */
  transport(protocol: number, source: number, destination: number): void {
    const { bytes, at } = this;
    if (protocol === 6 || protocol === 17) {
      this.#view.setUint16(at, source);
      this.#view.setUint16(at + 2, destination);
      if (protocol === 6) {
        bytes[at + 12] = 0x50;
        bytes[at + 13] = 0x10;
      }
    } else bytes[at] = protocol === 58 ? 128 : 8;
    this.at = at + (protocol === 6 ? 20 : 8);
  }

  /** Ends a frame: so many octets if it has fewer, in lengths of IP and UDP too; `udp` is where a UDP header is, or 0. */
  close(size: number, udp: number): void {
    const frame = this.#record + RECORD_HEADER;
    const end = Math.max(this.at, frame + size);
    const { ip } = this;
    if (this.bytes[ip]! >> 4 === 4) {
      this.#view.setUint16(ip + 2, end - ip);
      this.#view.setUint16(ip + IP_CHECKSUM, this.#checksum());
    } else this.#view.setUint16(ip + 4, end - ip - 40);
    if (udp !== 0) this.#view.setUint16(udp + 4, end - udp);
    this.#end(end);
  }

  /** Ends a frame that is no IP. */
  closePlain(size: number): void {
    this.#end(Math.max(this.at, this.#record + RECORD_HEADER + size));
  }

  /** The file. */
  capture(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  #end(end: number): void {
    const length = end - this.#record - RECORD_HEADER;
    if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} octets: expected at most ${MAX_FRAME}`);
    this.#view.setUint32(this.#record, START + Math.floor(this.#frames / MICROSECONDS), true);
    this.#view.setUint32(this.#record + 4, this.#frames % MICROSECONDS, true);
    this.#view.setUint32(this.#record + 8, length, true);
    this.#view.setUint32(this.#record + 12, length, true);
    this.#frames++;
    this.at = end;
  }

  #checksum(): number {
    let sum = 0;
    const end = this.ip + 4 * (this.bytes[this.ip]! & 15);
    for (let i = this.ip; i < end; i += 2) sum += this.#view.getUint16(i);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(sum + (sum >> 16)) & 0xffff;
  }

  #reserve(): void {
    if (this.at + RECORD_HEADER + MAX_FRAME <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.ceil(1.25 * this.bytes.length) + RECORD_HEADER + MAX_FRAME);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
