// How dear frames are: their time over that of the mix's, measured in turn.
import { Kernel } from "../../ts/kernel.ts";
import type { PolicyInput } from "../../ts/policy/input.ts";
import { throughChunks } from "../lanes/chunks.ts";
import { imageOf, intakeOf, judge } from "../lanes/kernel.ts";
import { spreadOf } from "../spread.ts";

export interface Reading {
  /** Nanoseconds a frame, and those of the mix. */
  readonly frame: number;
  readonly normal: number;
  /** Medians of the ratios of the rounds: of the times a frame, and of those an octet. */
  readonly ratio: number;
  readonly octetRatio: number;
}

/** Judges a capture once; nanoseconds. */
export type Runner = (capture: Uint8Array) => number;

export function runnerOf(policy: PolicyInput): Runner {
  const kernel = new Kernel(imageOf(policy));
  const intake = intakeOf(kernel);
  return (capture) => throughChunks(capture, intake, (batch) => judge(kernel, batch));
}

/** A capture, how many frames it has and what judges it. */
export interface Side {
  readonly run: Runner;
  readonly capture: Uint8Array;
  readonly frames: number;
}

export function read(attack: Side, normal: Side, rounds: number): Reading {
  const samples = Array.from({ length: rounds }, () => ({
    attack: attack.run(attack.capture),
    normal: normal.run(normal.capture),
  }));
  const ratio = median(samples.map((s) => s.attack / attack.frames / (s.normal / normal.frames)));
  return {
    frame: median(samples.map((s) => s.attack)) / attack.frames,
    normal: median(samples.map((s) => s.normal)) / normal.frames,
    ratio,
    octetRatio: (ratio * attack.frames * normal.capture.length) / (attack.capture.length * normal.frames),
  };
}

function median(samples: readonly number[]): number {
  return spreadOf(samples).median;
}
