// One frame, from its first octet to its verdict: the corridor. Steps and blame as in docs/decision.md.

import {
  NONE32,
  PACKET_BLAME,
  PACKET_DPORT,
  PACKET_DST,
  PACKET_END,
  PACKET_FRAG_OFFSET,
  PACKET_IP,
  PACKET_LABEL_AT,
  PACKET_LABEL_LEN,
  PACKET_PORTS,
  PACKET_PROTOCOL,
  PACKET_SCHEME,
  PACKET_SRC,
  PACKET_STATUS,
  PACKET_TRANSPORT,
  PACKET_VERSION,
  PART_OF_DATAGRAM,
  PORTS_MISSED,
  SCHEME_RIPSO,
  SOURCE_EXEMPT,
  SOURCE_HOST,
  SOURCE_MAPPED,
  SOURCE_NONE,
  SOURCE_OPTION,
  VERDICT_BLAME,
  VERDICT_CHOSEN,
  VERDICT_COPIES,
  VERDICT_ENDPOINT,
  VERDICT_INTERFACE,
  VERDICT_IP,
  VERDICT_LABEL,
  VERDICT_LABEL_AT,
  VERDICT_LABEL_LEN,
  VERDICT_PARTITION,
  VERDICT_REASON,
  VERDICT_SIZE,
  VERDICT_SOURCE,
  VERDICT_STATUS,
  VERDICT_TEMPLATE,
  VERDICT_VERSION,
} from "./columns";
import { LABEL, PACKET, POLICY, VERDICTS } from "./memory";
import { u16At } from "./bytes";
import { frameAt, isFragment } from "./packet";
import { readFrame } from "./read";
import { hasPorts } from "./ports";
import { mappedLabel } from "./ripso";
import { findDestination, interfaceIndex, isForMany, isGroup } from "./addresses";
import { templateOf4, templateOf6 } from "./hosts";
import { isAccredited, isInRange } from "./grants";
import { isLabelled, templateLabel } from "./templates";
import { counterpartOf, mapOf } from "./counterpart";
import { isExempt } from "./exempt";
import { judgeFragment, port as keptPort, protocol as keptProtocol, refuseFragment } from "./fragments";
import { labelBlock, labelNumber } from "./partitions";
import { endpoint, partition, take, takeControl } from "./take";
import { takeCopies } from "./copies";
import { HEADER_CONTROL } from "./tables";
import {
  GROUP_TCP,
  IP_CHECKSUM,
  IP_TRUNCATED,
  LABEL_NOT_MAPPED,
  LABEL_REQUIRED,
  NO_BINDING,
  NO_LABEL,
  NO_MEMBER,
  NO_PARTITION,
  NO_TEMPLATE,
  OK,
  OUTSIDE_INTERFACE_RANGE,
  PORTS_MISSING,
  RIPSO_NOT_MAPPED,
  SENDER_NOT_ACCREDITED,
} from "./reason";

let verdict: usize = 0; // row at hand

// The verdict on a FRAME row; the VERDICT row is written whole. P-13: one endpoint, but for broadcast and multicast.
export function classifyFrame(frame: usize, octets: usize, row: usize): i32 {
  verdict = row;
  store<u64>(row, 0xffffffff_00000000); // reason, status, source, version; no partition, no interface
  store<u64>(row, 0xffffffff_ffffffff, VERDICT_ENDPOINT); // and no label
  store<u64>(row, 0, VERDICT_BLAME); // and the IP header, and the copies
  store<u64>(row, 0xffffffff_00000000, VERDICT_LABEL_AT); // and its length; no template, no partition chosen

  const reason = decide(frame, octets);
  store<u8>(row + VERDICT_REASON, reason);
  store<u8>(row + VERDICT_STATUS, load<u8>(PACKET + PACKET_STATUS));
  store<u8>(row + VERDICT_VERSION, load<u8>(PACKET + PACKET_VERSION) | (isFragment() ? PART_OF_DATAGRAM : 0));
  if (reason != OK) store<u32>(row + VERDICT_BLAME, load<u32>(PACKET + PACKET_BLAME) - <u32>frameAt);
  if (load<u8>(PACKET + PACKET_VERSION) != 0) store<u16>(row + VERDICT_IP, load<u32>(PACKET + PACKET_IP) - <u32>frameAt);
  return reason;
}

// @ts-ignore: decorator
@inline
function blame(reason: i32, at: u32): i32 {
  store<u32>(PACKET + PACKET_BLAME, at);
  return reason;
}

function decide(frame: usize, octets: usize): i32 {
  // Steps 1-3: the frame's own words (P-07, P-11). What is malformed goes no further.
  const status = readFrame(frame, octets);
  const version = <u32>load<u8>(PACKET + PACKET_VERSION);
  const destination = load<u32>(PACKET + PACKET_DST);
  if (status > NO_LABEL) {
    if (isFragment() && isOfContents(status)) followRefused(frame, version);
    return status;
  }
  let label: usize = 0; // block of the effective label, 0: none
  let source: u32 = SOURCE_NONE;
  const labelAt = load<u32>(PACKET + PACKET_LABEL_AT);
  if (status != NO_LABEL) {
    store<u16>(verdict + VERDICT_LABEL_AT, labelAt - <u32>frameAt);
    store<u16>(verdict + VERDICT_LABEL_LEN, load<u32>(PACKET + PACKET_LABEL_LEN));
    label = LABEL;
    if (load<u8>(PACKET + PACKET_SCHEME) == SCHEME_RIPSO) {
      label = mappedLabel();
      if (label == 0) {
        if (isFragment()) followRefused(frame, version);
        return blame(RIPSO_NOT_MAPPED, labelAt);
      }
    }
    source = SOURCE_OPTION;
  }
  const carried = label;
  let number = label == 0 ? u32(NONE32) : labelNumber(label);
  know(source, number);

  // Step 4: for us (P-06)?
  const foreign = findDestination(version, destination, frame);
  if (foreign != OK) return blame(foreign, destination);
  store<u16>(verdict + VERDICT_INTERFACE, interfaceIndex);

  // Step 5: from whom?
  const sender = load<u32>(PACKET + PACKET_SRC);
  const entry = templateOf(version, sender);
  if (entry == 0) return blame(NO_TEMPLATE, sender); // F-06, R-22
  const template = entry - 1;
  store<u16>(verdict + VERDICT_TEMPLATE, template);

  // Steps 6 and 7: the effective label, whether its sender may say so, and what it stands for. For every protocol and
  // every packet (C-04, I-02).
  if (source == SOURCE_OPTION) {
    //
    if (!isAccredited(template, label, number)) return refuse(SENDER_NOT_ACCREDITED, labelAt, frame);
    const map = mapOf(label);
    if (map != 0) {
      label = counterpartOf(label, map);
      if (label == 0) return refuse(LABEL_NOT_MAPPED, labelAt, frame);
      source = SOURCE_MAPPED;
      number = labelNumber(label);
    }
  } else if (isExempt()) {
    source = SOURCE_EXEMPT;
  } else if (isLabelled(template)) {
    return refuse(LABEL_REQUIRED, load<u32>(PACKET + PACKET_IP), frame);
  } else {
    source = SOURCE_HOST; // P-20, R-20
    number = templateLabel(template);
    label = labelBlock(number);
  }
  know(source, number);

  // Step 8: ports, and the datagram of a fragment.
  let protocol = <u32>load<u16>(PACKET + PACKET_PROTOCOL);
  let port = u16At(PACKET + PACKET_DPORT);
  if (load<u8>(PACKET + PACKET_PORTS) == PORTS_MISSED) {
    const transport = load<u32>(PACKET + PACKET_TRANSPORT);
    if (transport + 4 > load<u32>(PACKET + PACKET_END)) return refuse(PORTS_MISSING, transport, frame);
    return blame(IP_TRUNCATED, transport);
  }
  if (isFragment()) {
    const refused = judgeFragment(carried, frame);
    if (refused != OK) return refused;
    protocol = keptProtocol;
    port = keptPort;
  }

  // Step 9: who takes it?
  const labelBlame = source == SOURCE_OPTION || source == SOURCE_MAPPED ? labelAt : sender;
  if (source == SOURCE_EXEMPT) {
    const control = load<u32>(POLICY + HEADER_CONTROL);
    if (control == u32(NONE32)) return blame(NO_PARTITION, labelBlame);
    takeControl(control, protocol, port);
  } else {
    const taken = take(label, number, protocol, port, !isLabelled(template));
    if (taken == NO_MEMBER || taken == GROUP_TCP) return blame(taken, destination);
    if (taken != OK) return blame(taken, labelBlame);
  }
  store<u16>(verdict + VERDICT_CHOSEN, partition);

  // Step 10: may the label arrive here (A-07, I-03)?
  if (source != SOURCE_EXEMPT && !isInRange(interfaceIndex, label, number)) {
    return blame(OUTSIDE_INTERFACE_RANGE, labelBlame);
  }

  // Step 11: to which endpoint?
  if (endpoint == u32(NONE32)) return blame(NO_BINDING, portBlame(version, protocol));
  store<u16>(verdict + VERDICT_PARTITION, partition);
  store<u32>(verdict + VERDICT_ENDPOINT, endpoint);
  if (isForMany && source != SOURCE_EXEMPT) {
    store<u16>(verdict + VERDICT_COPIES, takeCopies(<u32>(verdict - VERDICTS) / VERDICT_SIZE));
  }
  return OK;
}

// A drop for what the fragment says, not for what it is: the rest of its datagram goes with it (Rule F).
function refuse(reason: i32, at: u32, frame: usize): i32 {
  if (isFragment()) refuseFragment(frame);
  return blame(reason, at);
}

// Dropped before steps 4 and 5 were asked: the datagram matters if it is for us, from somebody we know.
function followRefused(frame: usize, version: u32): void {
  if (findDestination(version, load<u32>(PACKET + PACKET_DST), frame) != OK) return;
  if (templateOf(version, load<u32>(PACKET + PACKET_SRC)) != 0) refuseFragment(frame);
}

// Whether a status is of step 3, and not for want of captured octets.
function isOfContents(status: i32): bool {
  return status > IP_CHECKSUM;
}

// Step 5: template + 1, or 0. Nobody sends from a group address (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7), nor from
// one in an IPv4-mapped address (F-05).
export function templateOf(version: u32, at: usize): u32 {
  if (isGroup(version, at)) return 0;
  if (version == 4) return templateOf4(at);
  const isMapped = load<u64>(at) == 0 && load<u32>(at + 8) == 0xffff0000;
  return isMapped && isGroup(4, at + 12) ? 0 : templateOf6(at);
}

function know(source: u32, number: u32): void {
  store<u8>(verdict + VERDICT_SOURCE, source);
  store<u32>(verdict + VERDICT_LABEL, number);
}

function portBlame(version: u32, protocol: u32): u32 {
  const ip = load<u32>(PACKET + PACKET_IP);
  if (hasPorts(protocol)) return load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0 ? ip : load<u32>(PACKET + PACKET_TRANSPORT) + 2;
  return version == 4 ? ip + 9 : ip + 6;
}
