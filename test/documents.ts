// The blocks of a document, as a reader who does what it says from top to bottom meets them.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, POLICY, RECORDING, root } from "./commands.ts";

export interface Block {
  /** File and line. */
  readonly where: string;
  /** `ts`, `jsonc`, `console` …; `""` for pictures and other text. */
  readonly language: string;
  /** The file that it is said to be. */
  readonly name: string | null;
  readonly text: string;
}

/** Fenced blocks of a document, in their order. */
export function blocksIn(path: string): Block[] {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^ *```(\w*) ?(\S*)$/.exec(lines[i]!);
    if (fence === null) continue;
    const end = lines.findIndex((line, j) => j > i && line.trim() === "```");
    const [, language, name] = fence;
    const text = lines.slice(i + 1, end).join("\n");
    blocks.push({ where: `${path}:${i + 1}`, language: language!, name: name === "" ? null : name!, text });
    i = end;
  }
  return blocks;
}

/** A folder to follow a document in: a capture, a policy, the package and its command. */
export class Desk {
  readonly folder: string = mkdtempSync(join(tmpdir(), "labelgate-desk-"));
  readonly #programs: string = join(this.folder, ".programs");

  constructor() {
    copyFileSync(RECORDING, this.path("labelled.pcap"));
    copyFileSync(POLICY, this.path("policy.json"));
    mkdirSync(this.path("node_modules"));
    symlinkSync(root, this.path("node_modules/labelgate"));
    mkdirSync(this.#programs);
    const program = join(this.#programs, "labelgate");
    // Documents show what a terminal shows.
    const asked = `case " $* " in *" --format "*|*" --help "*) ;; *" classify "*|*" decode "*|*" audit "*) set -- "$@" --format text ;; esac`;
    writeFileSync(program, `#!/bin/sh\n${asked}\nexec ${process.execPath} ${command} "$@"\n`);
    chmodSync(program, 0o755);
    // `npx tsx PROGRAM`, without asking a registry.
    const loader = join(root, "node_modules/tsx/dist/loader.mjs");
    writeFileSync(join(this.#programs, "npx"), `#!/bin/sh\nshift\nexec ${process.execPath} --import ${loader} "$@"\n`);
    chmodSync(join(this.#programs, "npx"), 0o755);
    this.write("package.json", JSON.stringify({ private: true, type: "module" }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Changes a file as the lines of a diff say, each run of `-` becoming the `+` behind it. @throws {Error} it isn't there */
  patch(name: string, diff: string): void {
    let text = readFileSync(this.path(name), "utf8");
    for (const [, gone, come] of diff.matchAll(/((?:^-.*\n?)+)((?:^\+.*\n?)+)/gm)) {
      const [before, after] = [gone!, come!].map((lines) => lines.trimEnd().replace(/^./gm, ""));
      if (!text.includes(before!)) throw new Error(`${name} has no\n${before}`);
      text = text.replace(before!, () => after!);
    }
    this.write(name, text);
  }

  /** What a shell says to a line, on both outputs together. */
  run(line: string): string {
    const PATH = `${this.#programs}:${process.env.PATH}`;
    // A failure is for the document to show.
    return execFileSync("bash", ["-c", `{ ${line}\n} 2>&1 || true`], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, PATH, NODE_OPTIONS: "", NO_COLOR: "1", COLUMNS: "100" },
      timeout: 60_000,
    });
  }

  /** Runs a program in TypeScript that is there as a file. */
  runProgram(name: string): string {
    return execFileSync(process.execPath, ["--import", join(root, "node_modules/tsx/dist/loader.mjs"), name], {
      cwd: this.folder,
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Commands of a transcript, each with what it is said to print. */
export function exchanges(transcript: string): { line: string; printed: string }[] {
  const parts = transcript.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const end = part.search(/(?<!\\)\n|$(?![\s\S])/);
    return { line: part.slice(0, end), printed: part.slice(end + 1).trimEnd() };
  });
}

/** Whether a text is the one that is shown; `…` stands for any characters, on a line of its own for any lines. */
export function isShown(shown: string, text: string): boolean {
  const pattern = shown
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\n)*?" : `${line.split("…").map(escaped).join(".*")} *\n`))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${text.trimEnd()}\n`);
}

function escaped(text: string): string {
  return text.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
