/**
 * What commands write: records to standard output, everything else to standard error.
 *
 * @module
 */
import { Option } from "commander";

/** How records are printed. */
export type Format = "text" | "jsonl";

/** `--format`, by default text for people and JSON lines for programs. */
export function formatOption(): Option {
  return new Option("--format <form>", "how to print")
    .choices(["text", "jsonl"])
    .default(process.stdout.isTTY ? "text" : "jsonl", "text on a terminal, else jsonl");
}

/** Characters that are gathered before they are written. */
const CHUNK = 65_536;

// Control characters but the line feed, and what turns or hides text: a terminal acts on them.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that may hold others' words, safe on a terminal: what is not to be seen stands as `\\uXXXX`, as in JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === "\n") return character;
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}

/** Lines on standard output, gathered into larger pieces. */
export class Lines {
  #pending: string[] = [];
  #length = 0;

  write(line: string): void {
    this.#pending.push(line, "\n");
    this.#length += line.length + 1;
    if (this.#length >= CHUNK) this.#flush();
  }

  #flush(): void {
    if (this.#length > 0) process.stdout.write(printable(this.#pending.join("")));
    this.#pending = [];
    this.#length = 0;
  }

  /** Waits until the reader has taken what was written, so that a slow one does not fill our memory. */
  async drained(): Promise<void> {
    if (process.stdout.writableNeedDrain) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }

  async end(): Promise<void> {
    this.#flush();
    await this.drained();
  }
}

/** Prints a line on standard error. */
export function reportLine(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** Prints an error on standard error. */
export function reportError(message: string): void {
  reportLine(`labelgate: ${message}`);
}

/** What the system says when something can't be written, in words. */
export function writeFailure(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  const reasons: Record<string, string> = {
    ENOSPC: "no space left on device",
    EACCES: "permission denied",
    EEXIST: "it is a file",
    ENOTDIR: "it is a file",
    EISDIR: "it is a directory",
    EROFS: "the file system is read-only",
  };
  return reasons[code ?? ""] ?? message;
}
