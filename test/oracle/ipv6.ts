/**
 * The oracle, steps 2 and 3 for IPv6, as in docs/decision.md.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { readPorts } from "./ipv4.ts";
import { readCalipso } from "./labels.ts";
import {
  type Announced,
  type Draft,
  type Found,
  octets,
  type ReadFragment,
  type ReadOptions,
  reject,
} from "./reading.ts";

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AH = 51;
const DESTINATION = 60;

export function readIpv6(view: DataView, announced: Announced, options: ReadOptions, reading: Draft): Found | null {
  const { ip, wireEnd } = announced;
  const capEnd = view.byteLength;
  if (ip + 40 > capEnd) reject(reason.IP_TRUNCATED, ip); // O2
  let fragment: ReadFragment = { offset: 0, more: false, id: 0, fragmented: false, at: ip };
  reading.src = octets(view, ip + 8, ip + 24);
  reading.dst = octets(view, ip + 24, ip + 40);
  reading.fragment = fragment;
  const packetEnd = ip + 40 + view.getUint16(ip + 4);
  if (packetEnd > wireEnd) reject(reason.IP_LENGTH, ip + 4); // I1

  let found: Found | null = null;
  let headers = 0;
  let nextAt = ip + 6; // the Next Header octet that says what stands at `at`
  let at = ip + 40;
  while ([HOP_BY_HOP, ROUTING, FRAGMENT, AH, DESTINATION].includes(view.getUint8(nextAt))) {
    const type = view.getUint8(nextAt);
    if (type === HOP_BY_HOP && nextAt !== ip + 6) reject(reason.HBH_NOT_FIRST, nextAt); // E1
    if (headers === 12) reject(reason.EXT_COUNT, at); // E2
    if (type === FRAGMENT && fragment.fragmented) reject(reason.FRAG_NESTED, at); // E3
    if (at + 8 > packetEnd) reject(reason.EXT_OVERRUN, at); // E4
    if (at + 8 > capEnd) reject(reason.IP_TRUNCATED, at); // O2
    const n = view.getUint8(at + 1);
    let length = 8 * (n + 1);
    if (type === FRAGMENT) length = 8;
    if (type === AH) length = 4 * (n + 2);
    if (at + length > packetEnd) reject(reason.EXT_OVERRUN, at); // E4
    if (at + length > capEnd) reject(reason.IP_TRUNCATED, at); // O2
    headers++;

    if (type === HOP_BY_HOP || type === DESTINATION) {
      const label = readIpv6Options(view, type, at, at + length, options, reading);
      if (label !== null) found = label; // from the one hop-by-hop header
    }
    if (type === FRAGMENT) {
      const word = view.getUint16(at + 2);
      const offset = word & 0xfff8; // a count of 8 octets, in the upper 13 bits
      const more = (word & 1) === 1;
      const atomic = offset === 0 && !more;
      if (!atomic) {
        fragment = { offset, more, id: view.getUint32(at + 4), fragmented: true, at };
        reading.fragment = fragment;
      }
    }
    nextAt = at;
    at += length;
    if (fragment.offset !== 0) break; // a later fragment: the chain ends here
  }

  const protocol = view.getUint8(nextAt);
  reading.protocol = protocol;
  reading.transport = at;
  reading.packetEnd = packetEnd;
  readPorts(view, protocol, at, packetEnd, fragment.offset, reading);
  return found;
}

/** The options of a hop-by-hop or destination header that stands from `header` to `end`. */
function readIpv6Options(
  view: DataView,
  headerType: number,
  header: number,
  end: number,
  options: ReadOptions,
  reading: Draft,
): Found | null {
  const strict = options.profile === "strict";
  let found: Found | null = null;
  let padding = 0; // octets in a row
  let others = 0; // options that are not padding

  let i = header + 2;
  while (i < end) {
    const type = view.getUint8(i);
    reading.options.push(type);
    if (type === 0) {
      padding += 1;
      if (padding > 7) reject(reason.PAD1_LONG, i); // M1
      i += 1;
      continue;
    }
    if (i + 2 > end) reject(reason.OPT_TRUNCATED, i); // O5
    const length = view.getUint8(i + 1); // of the data
    if (i + 2 + length > end) reject(reason.OPT_OVERRUN, i); // O7
    if (type === 1) {
      padding += 2 + length;
      if (padding > 7) reject(reason.PADN_LONG, i); // M1
      if (octets(view, i + 2, i + 2 + length).some((octet) => octet !== 0)) reject(reason.PADN_NONZERO, i); // M1
      i += 2 + length;
      continue;
    }
    padding = 0;
    others += 1;
    if (others > 8) reject(reason.OPT_COUNT, i); // M2

    if (headerType === HOP_BY_HOP && type === 5) {
      if (length !== 2) reject(reason.ROUTER_ALERT_LEN, i + 1); // M4
    } else if (headerType === HOP_BY_HOP && type === 7) {
      if (strict && found !== null) reject(reason.CALIPSO_DUPLICATE, i); // K2
      const label = readCalipso(view, i, length, header, options);
      if (found === null) found = label; // a second one, under profile linux: the label is the first one's
    } else if (strict && type === 7) {
      reject(reason.CALIPSO_NOT_HBH, i); // K1
    } else if (type >> 6 !== 0) {
      reject(reason.OPT_UNKNOWN_ACTION, i); // M4
    }
    i += 2 + length;
  }
  return found;
}

// CALIPSO.
