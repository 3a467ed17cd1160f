/**
 * The oracle, steps 1 to 3: what a frame says. Written from docs/decision.md line by line, slow and obvious; the tags in
 * the comments are the rule book's.
 *
 * @module
 */
import * as reason from "../../assembly/reason.ts";
import { readIpv4 } from "./ipv4.ts";
import { readIpv6 } from "./ipv6.ts";
import { readLink, readVersion } from "./link.ts";
import { type Draft, keepLabel, type OracleFrame, type Reading, type ReadOptions, Rejection } from "./reading.ts";

/**
 * Steps 1 to 3 of docs/decision.md. Total over every octet sequence.
 *
 * @throws {RangeError} a link type that step 1 does not list, which is an error of the capture
 */
export function read(frame: OracleFrame, options: ReadOptions): Reading {
  const reading: Draft = {
    status: reason.NO_LABEL,
    blame: null,
    vlan: [],
    ipVersion: null,
    ipOffset: null,
    src: null,
    dst: null,
    protocol: null,
    srcPort: null,
    dstPort: null,
    fragment: null,
    options: [],
    label: null,
    labelOffset: null,
    labelLength: null,
    transport: null,
    packetEnd: null,
  };
  try {
    const view = new DataView(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength);
    const announced = readLink(frame, view, reading.vlan);
    const version = readVersion(view, announced);
    reading.ipVersion = version;
    reading.ipOffset = announced.ip;
    const found =
      version === 4 ? readIpv4(view, announced, options, reading) : readIpv6(view, announced, options, reading);
    if (found !== null) {
      keepLabel(reading, found);
      if (reading.fragment!.fragmented) reading.status = reason.OK_FRAGMENT;
      else if (found.nonMinimal) reading.status = reason.OK_NONMINIMAL;
      else reading.status = reason.OK;
    }
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    reading.status = error.status;
    reading.blame = error.blame;
  }
  return reading;
}
