/**
 * `labelgate check --from`: files of another system as a policy, and everything that is wrong, odd or without counterpart
 * in them.
 *
 * @module
 */
import type { PolicyProblem } from "../errors.ts";
import { sayProblem } from "../errors.ts";
import { joinPolicies } from "../import/join.ts";
import type { ImportFile, ImportNote } from "../import/reading.ts";
import { TX_ERRORS } from "../import/tx-errors.ts";
import type { PolicyInput } from "../policy/input.ts";
import { readResolved } from "../policy/read.ts";
import { formatPath, listOf, recordOf, textOf } from "../policy/report.ts";
import { shapeProblems } from "../policy/schema.ts";
import type { Importer } from "./importers.ts";
import { counted, Lines, reportError } from "./output.ts";
import { type JsonFile, readJsonFile, readText } from "./policy-file.ts";
import { sourceName } from "./usage.ts";
import { writeWhole } from "./whole-file.ts";

/** Exit status as tnchkdb has it (F-24). */
const SOUND = 0;
const WRONG = 1;
const UNREADABLE = 2;

export interface ImportOptions {
  /** A policy file that the import is laid over. */
  readonly base?: string;
  /** Where the policy is written to. */
  readonly out?: string;
}

/** A line to print, and whether it is of an error, a warning or something lost. */
interface Said {
  readonly severity: ImportNote["severity"];
  readonly line: string;
}

/** Reads, checks and writes; gives the exit status. */
export async function importFiles(
  importer: Importer,
  paths: readonly string[],
  { base: basePath, out }: ImportOptions,
): Promise<number> {
  const lines = new Lines();
  const texts = paths.map((path) => ({ name: sourceName(path), text: readText(path) }));
  const base = basePath === undefined ? null : readJsonFile(basePath);
  const unreadable = [
    ...texts.flatMap(({ name, text }) => (typeof text === "string" ? [] : [sayUnreadable(name, text.reason)])),
    ...(base?.isReadable === false ? base.problems.map((problem) => base.say(problem, "error")) : []),
  ];
  for (const line of unreadable) lines.write(line);
  if (unreadable.length > 0) {
    await lines.end();
    return UNREADABLE;
  }
  const subject = texts.map(({ name }) => name).join(", ");
  const { said, policy, size } = read(importer, texts as readonly ImportFile[], base, subject);
  for (const { line } of said) lines.write(line);
  lines.write(`${subject}: ${[size ?? [], countsOf(said)].flat().join(", ")}`);
  await lines.end();
  if (policy === null) return WRONG;
  const failure = out === undefined ? null : writeWhole(out, `${JSON.stringify(policy, null, 2)}\n`);
  if (failure === null) return SOUND;
  reportError(failure);
  return WRONG;
}

// F-14's number 1 is the system's: here it can only be that.
function sayUnreadable(name: string, reason: string): string {
  return `${name}: error: ${reason} (error 1: ${TX_ERRORS[1]})`;
}

interface Outcome {
  readonly said: readonly Said[];
  /** `null` when there is an error. */
  readonly policy: PolicyInput | null;
  readonly size: readonly string[] | null;
}

function read(importer: Importer, files: readonly ImportFile[], base: JsonFile | null, subject: string): Outcome {
  const ofBase = base === null ? [] : rootProblems(base);
  const under = ofBase.length > 0 ? {} : recordOf(base?.input);
  const { policy: imported, notes } = importer.read(files, under as Partial<PolicyInput>);
  const found: Said[] = [
    ...ofBase.map((problem): Said => ({ severity: "error", line: base!.say(problem, "error") })),
    ...notes.map((note) => ({ severity: note.severity, line: sayNote(note, importer) })),
  ];
  if (imported === null || ofBase.length > 0) return { said: found, policy: null, size: null };

  const joined = joinPolicies(under, imported);
  const reading = readResolved(joined.policy);
  const say = (problem: PolicyProblem, severity: "error" | "warning"): Said => {
    const line =
      base !== null && isOf(under, problem.keys)
        ? base.say(problem, severity)
        : `${subject}: ${severity}: ${placeOf(joined.policy, problem)}${sayProblem(problem)}`;
    return { severity, line };
  };
  const isBare = joined.policy.interfaces.length === 0;
  const warnings = reading.warnings.filter(({ keys }) => !(isBare && keys[0] === "partitions"));
  const unreached = "no packet reaches a partition, for there are no interfaces; --base gives a policy that has them";
  const said: Said[] = [
    ...found,
    ...[...joined.problems, ...reading.problems].map((problem) => say(problem, "error")),
    ...warnings.map((problem) => say(problem, "warning")),
    ...(warnings.length === reading.warnings.length
      ? []
      : [{ severity: "warning", line: `${subject}: warning: ${unreached}` } as const]),
  ];
  if (joined.problems.length > 0 || reading.policy === null) return { said, policy: null, size: null };
  const { partitions, hosts } = reading.policy;
  const size = ["sound", counted(partitions.length, "partition"), counted(hosts.length, "host prefix", "es")];
  return { said, policy: joined.policy, size };
}

// What keeps a base from being looked at as a policy at all.
function rootProblems(base: JsonFile): readonly PolicyProblem[] {
  if (base.problems.length > 0) return base.problems;
  return shapeProblems(base.input)
    .filter(({ path }) => path.length === 0)
    .map(({ message }) => ({ path: "", keys: [], message }));
}

function sayNote({ file, line, column, severity, message, code }: ImportNote, { sayCode }: Importer): string {
  const where = line === null ? "" : `:${line}${column === null ? "" : `:${column}`}`;
  const number = code === null ? "" : ` (error ${code}: ${sayCode(code)})`;
  return `${file}${where}: ${severity}: ${message}${number}`;
}

// Whether keys of the joined policy lead to what the base has: its list items come first.
function isOf(base: Readonly<Record<string, unknown>>, [first, second]: PolicyProblem["keys"]): boolean {
  if (first === undefined || !Object.hasOwn(base, first)) return first === undefined;
  if (typeof second === "number") return second < listOf(base[first]).length;
  return second === undefined || Object.hasOwn(recordOf(base[first]), second);
}

// `partitions[2].label, public: `
function placeOf(policy: PolicyInput, { keys }: PolicyProblem): string {
  const [list, index] = keys;
  const item = list === "partitions" && typeof index === "number" ? policy.partitions[index] : undefined;
  const name = textOf(recordOf(item).name);
  return keys.length === 0 ? "" : `${formatPath(keys)}${name === undefined ? "" : `, ${name}`}: `;
}

function countsOf(said: readonly Said[]): string[] {
  const count = (severity: Said["severity"]): number => said.filter((item) => item.severity === severity).length;
  const [errors, warnings, lost] = [count("error"), count("warning"), count("lost")];
  return [
    ...(errors === 0 ? [] : [counted(errors, "error")]),
    ...(warnings === 0 ? [] : [counted(warnings, "warning")]),
    ...(lost === 0 ? [] : [`${lost} lost`]),
  ];
}
