// One frame, from its first octet to its verdict: the corridor. Steps and blame as in docs/decision.md.

import {
  FRAME_NANOS,
  FRAME_SECONDS,
  NONE16,
  NONE32,
  PACKET_BLAME,
  PACKET_DST,
  PACKET_FRAG_OFFSET,
  PACKET_HAS_PORTS,
  PACKET_IP,
  PACKET_LABEL_AT,
  PACKET_LABEL_LEN,
  PACKET_PROTOCOL,
  PACKET_SCHEME,
  PACKET_SRC,
  PACKET_STATUS,
  PACKET_TRANSPORT,
  PACKET_VERSION,
  PACKET_DPORT,
  PACKET_END,
  SCHEME_RIPSO,
  SOURCE_EXEMPT,
  SOURCE_HOST,
  SOURCE_NONE,
  SOURCE_OPTION,
  VERDICT_BLAME,
  VERDICT_CHOSEN,
  VERDICT_ENDPOINT,
  VERDICT_INTERFACE,
  VERDICT_IP,
  VERDICT_LABEL,
  VERDICT_LABEL_AT,
  VERDICT_LABEL_LEN,
  VERDICT_PARTITION,
  VERDICT_REASON,
  VERDICT_SOURCE,
  VERDICT_STATUS,
  VERDICT_TEMPLATE,
  VERDICT_VERSION,
} from "./columns";
import { LABEL, PACKET, POLICY } from "./memory";
import { frameAt, isFragment } from "./packet";
import { readFrame } from "./read";
import { hasPorts } from "./ports";
import { mappedLabel } from "./ripso";
import { labelWithin } from "./label";
import { addressNumber, findDestination, interfaceIndex, isGroup, owner } from "./addresses";
import { templateOf4, templateOf6 } from "./hosts";
import { isAccredited, isLabelled, templateLabel } from "./templates";
import { isExempt } from "./exempt";
import { judgeFragment, port as keptPort, protocol as keptProtocol } from "./fragments";
import { bindingOf, labelBlock, labelNumber, targetOf } from "./partitions";
import {
  HEADER_CONTROL,
  HEADER_INTERFACES,
  HEADER_LABEL_PARTITIONS,
  HEADER_MULTILEVEL,
  HEADER_MULTILEVEL_COUNT,
  HEADER_PARTITIONS,
  INTERFACE_HIGH,
  INTERFACE_LOW,
  INTERFACE_SIZE,
  PARTITION_ENDPOINT,
  PARTITION_LABEL,
  PARTITION_MULTILEVEL,
  PARTITION_MULTILEVEL_COUNT,
  PARTITION_OPEN,
  PARTITION_PORT_COUNT,
  PARTITION_PORTS,
  PARTITION_SIZE,
} from "./tables";
import {
  IP_TRUNCATED,
  LABEL_REQUIRED,
  NO_BINDING,
  NO_LABEL,
  NO_PARTITION,
  NO_TEMPLATE,
  NOT_OURS,
  OK,
  OUTSIDE_INTERFACE_RANGE,
  PARTITION_LABEL_MISMATCH,
  PORTS_MISSING,
  RIPSO_NOT_MAPPED,
  SENDER_NOT_ACCREDITED,
} from "./reason";

let verdict: usize = 0; // row at hand

// The verdict on a FRAME row; the VERDICT row is written whole.
export function classifyFrame(frame: usize, row: usize): i32 {
  verdict = row;
  store<u32>(row, 0); // reason, status, source, version
  store<u32>(row + VERDICT_PARTITION, 0xffffffff); // and interface
  store<u64>(row + VERDICT_ENDPOINT, 0xffffffff_ffffffff); // and label
  store<u64>(row + VERDICT_BLAME, 0); // and the IP header
  store<u32>(row + VERDICT_LABEL_AT, 0); // and its length
  store<u32>(row + VERDICT_TEMPLATE, 0xffffffff); // and the partition chosen

  const reason = decide(frame);
  store<u8>(row + VERDICT_REASON, reason);
  store<u8>(row + VERDICT_STATUS, load<u8>(PACKET + PACKET_STATUS));
  store<u8>(row + VERDICT_VERSION, load<u8>(PACKET + PACKET_VERSION));
  if (reason != OK) store<u32>(row + VERDICT_BLAME, load<u32>(PACKET + PACKET_BLAME));
  if (load<u8>(PACKET + PACKET_VERSION) != 0) store<u32>(row + VERDICT_IP, load<u32>(PACKET + PACKET_IP));
  return reason;
}

// @ts-ignore: decorator
@inline
function blame(reason: i32, offset: u32): i32 {
  store<u32>(PACKET + PACKET_BLAME, offset);
  return reason;
}

function decide(frame: usize): i32 {
  // Steps 1-3: the frame's own words.
  const status = readFrame(frame);
  if (status > NO_LABEL) return status;
  let label: usize = 0; // block of the effective label, 0: none
  let source: u32 = SOURCE_NONE;
  if (status != NO_LABEL) {
    const labelAt = load<u32>(PACKET + PACKET_LABEL_AT);
    store<u16>(verdict + VERDICT_LABEL_AT, labelAt);
    store<u16>(verdict + VERDICT_LABEL_LEN, load<u32>(PACKET + PACKET_LABEL_LEN));
    label = LABEL;
    if (load<u8>(PACKET + PACKET_SCHEME) == SCHEME_RIPSO) {
      label = mappedLabel();
      if (label == 0) return blame(RIPSO_NOT_MAPPED, labelAt);
    }
    source = SOURCE_OPTION;
  }
  const carried = label;
  let number = label == 0 ? u32(NONE32) : labelNumber(label);
  know(source, number);

  // Step 4: for us?
  const version = <u32>load<u8>(PACKET + PACKET_VERSION);
  const destination = load<u32>(PACKET + PACKET_DST);
  if (!findDestination(version, frameAt + destination)) return blame(NOT_OURS, destination);
  store<u16>(verdict + VERDICT_INTERFACE, interfaceIndex);

  // Step 5: from whom?
  const sender = load<u32>(PACKET + PACKET_SRC);
  const entry = version == 4 ? templateOf4(frameAt + sender) : templateOf6(frameAt + sender);
  // Nobody sends from a group address (RFC 1122 section 3.2.1.3, RFC 4291 section 2.7).
  if (entry == 0 || isGroup(version, frameAt + sender)) return blame(NO_TEMPLATE, sender);
  const template = entry - 1;
  store<u16>(verdict + VERDICT_TEMPLATE, template);

  // Steps 6 and 7: the effective label, and whether its sender may say so.
  if (source == SOURCE_OPTION) {
    if (!isAccredited(template, label, number)) {
      return blame(SENDER_NOT_ACCREDITED, load<u32>(PACKET + PACKET_LABEL_AT));
    }
  } else if (isExempt()) {
    source = SOURCE_EXEMPT;
  } else if (isLabelled(template)) {
    return blame(LABEL_REQUIRED, load<u32>(PACKET + PACKET_IP));
  } else {
    source = SOURCE_HOST;
    number = templateLabel(template);
    label = labelBlock(number);
  }
  know(source, number);

  // Step 8: ports, and the datagram of a fragment.
  let protocol = <u32>load<u16>(PACKET + PACKET_PROTOCOL);
  let port = <u32>load<u16>(PACKET + PACKET_DPORT);
  const later = load<u32>(PACKET + PACKET_FRAG_OFFSET) != 0;
  if (!later && hasPorts(protocol) && load<u8>(PACKET + PACKET_HAS_PORTS) == 0) {
    const transport = load<u32>(PACKET + PACKET_TRANSPORT);
    return blame(transport + 4 > load<u32>(PACKET + PACKET_END) ? PORTS_MISSING : IP_TRUNCATED, transport);
  }
  if (isFragment()) {
    const time = load<f64>(frame + FRAME_SECONDS) + <f64>load<u32>(frame + FRAME_NANOS) / 1e9;
    const refused = judgeFragment(carried, time);
    if (refused != OK) return refused;
    protocol = keptProtocol;
    port = keptPort;
  }

  // Step 9: whose is it?
  const labelBlame = source == SOURCE_OPTION ? load<u32>(PACKET + PACKET_LABEL_AT) : sender;
  let partition: u32;
  let multilevel = false;
  if (source == SOURCE_EXEMPT) {
    partition = load<u32>(POLICY + HEADER_CONTROL);
  } else if (owner != NONE16) {
    partition = owner;
    const row = partitionRow(owner);
    const rows = load<u32>(row + PARTITION_MULTILEVEL);
    multilevel = multilevelAt(rows, load<u32>(row + PARTITION_MULTILEVEL_COUNT), protocol, port) != u32(NONE32);
    if (!multilevel && load<u32>(row + PARTITION_LABEL) != number) return blame(PARTITION_LABEL_MISMATCH, labelBlame);
  } else {
    const count = load<u32>(POLICY + HEADER_MULTILEVEL_COUNT);
    partition = multilevelAt(load<u32>(POLICY + HEADER_MULTILEVEL), count, protocol, port);
    multilevel = partition != u32(NONE32);
    if (!multilevel && number != u32(NONE32)) {
      const equal = <u32>load<u16>(load<u32>(POLICY + HEADER_LABEL_PARTITIONS) + (number << 1));
      if (equal != NONE16) partition = equal;
    }
  }
  if (partition == u32(NONE32)) return blame(NO_PARTITION, labelBlame);
  store<u16>(verdict + VERDICT_CHOSEN, partition);

  // Step 10: may the label arrive here?
  const range = load<u32>(POLICY + HEADER_INTERFACES) + interfaceIndex * INTERFACE_SIZE;
  const low = load<u32>(range + INTERFACE_LOW);
  if (low != 0 && source != SOURCE_EXEMPT && !labelWithin(label, low, load<u32>(range + INTERFACE_HIGH))) {
    return blame(OUTSIDE_INTERFACE_RANGE, labelBlame);
  }

  // Step 11: to which endpoint?
  const row = partitionRow(partition);
  let endpoint = load<u32>(row + PARTITION_ENDPOINT);
  if (load<u32>(row + PARTITION_OPEN) == 0) {
    const rows = load<u32>(row + PARTITION_PORTS);
    const bound = bindingOf(rows, load<u32>(row + PARTITION_PORT_COUNT), protocol, addressNumber, port);
    if (bound != u32(NONE32)) endpoint = bound;
    else if (!multilevel) return blame(NO_BINDING, portBlame(version, protocol, later));
  }
  store<u16>(verdict + VERDICT_PARTITION, partition);
  store<u32>(verdict + VERDICT_ENDPOINT, endpoint);
  return OK;
}

function know(source: u32, number: u32): void {
  store<u8>(verdict + VERDICT_SOURCE, source);
  store<u32>(verdict + VERDICT_LABEL, number);
}

// @ts-ignore: decorator
@inline
function partitionRow(partition: u32): usize {
  return load<u32>(POLICY + HEADER_PARTITIONS) + partition * PARTITION_SIZE;
}

// Multilevel ports belong to protocols that have ports.
function multilevelAt(rows: usize, count: u32, protocol: u32, port: u32): u32 {
  return count != 0 && hasPorts(protocol) ? targetOf(rows, count, protocol, NONE16, port) : u32(NONE32);
}

function portBlame(version: u32, protocol: u32, later: bool): u32 {
  const ip = load<u32>(PACKET + PACKET_IP);
  if (hasPorts(protocol)) return later ? ip : load<u32>(PACKET + PACKET_TRANSPORT) + 2;
  return version == 4 ? ip + 9 : ip + 6;
}
