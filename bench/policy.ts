// What a policy costs before the first frame: `npm run policy-cost [-- --write]`. Policies of 1,000 to 1,000,000 host
// prefixes are read, looked through for warnings, compiled and loaded; `--write` puts the table into docs/policy-cost.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Kernel, TABLES_BASE } from "../ts/kernel.ts";
import { compilePolicy, type PolicyImage } from "../ts/policy/compile.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import type { Policy } from "../ts/policy/model.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { warningsOf } from "../ts/policy/warnings.ts";
import { type Kind, prefixes } from "./prefixes.ts";

const KINDS: readonly Kind[] = ["realistic", "random"];
const PREFIXES = [1000, 10_000, 100_000, 1_000_000];
const PARTITIONS = [10, 1000];
const TEMPLATES = 16;
const RUNS = 5;
const SEED = 1;

const PAGE = fileURLToPath(new URL("../docs/policy-cost.md", import.meta.url));
const [BEGIN, END] = ["<!-- npm run policy-cost -- --write -->", "<!-- end -->"];

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

function policyOf(hosts: readonly string[], partitions: number): PolicyInput {
  const template = (i: number): PolicyInput["templates"][string] => ({ type: "labelled", range: ["0", `255:0.${i}`] });
  const policy: PolicyInput = {
    doi: 16,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"] }],
    partitions: Array.from({ length: partitions }, (_, i) => ({
      name: `p${i}`,
      label: `${i % 256}:${Math.floor(i / 256)}`,
      bindings: [{ name: "web", ports: ["80/tcp", "443/tcp"] }, { name: "rest" }],
    })),
    templates: Object.fromEntries(Array.from({ length: TEMPLATES }, (_, i) => [`t${i}`, template(i + 4)])),
    hosts: Object.fromEntries(hosts.map((prefix, i) => [prefix, `t${i % TEMPLATES}`])),
  };
  return JSON.parse(JSON.stringify(policy)) as PolicyInput; // as it comes from a file
}

const STEPS = ["read", "warnings", "compile", "load"] as const;
type Step = (typeof STEPS)[number];

/** Milliseconds of the processor by step, the median of the runs, and octets of tables. */
function measure(input: PolicyInput): { readonly spent: Record<Step, number>; readonly tables: number } {
  const spent: Record<Step, number[]> = { read: [], warnings: [], compile: [], load: [] };
  const timed = <T>(step: Step, work: () => T): T => {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    spent[step].push((user + system) / 1000);
    return result;
  };
  let image: PolicyImage | undefined;
  for (let run = 0; run < RUNS; run++) {
    const policy: Policy = timed("read", () => resolvePolicy(input));
    timed("warnings", () => warningsOf(policy));
    const compiled = timed("compile", () => compilePolicy(policy, TABLES_BASE));
    timed("load", () => new Kernel(compiled));
    image = compiled;
  }
  const medians = STEPS.map((step) => [step, spent[step].sort((a, b) => a - b)[RUNS >> 1]!] as const);
  return { spent: Object.fromEntries(medians) as Record<Step, number>, tables: image!.tables.length };
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");

function rowsOf(kind: Kind): string[] {
  return PREFIXES.flatMap((count) => {
    const hosts = prefixes(count, kind, SEED);
    return PARTITIONS.map((partitions) => {
      const { spent, tables } = measure(policyOf(hosts, partitions));
      const all = spent.read + spent.compile + spent.load;
      const others = compilePolicy(resolvePolicy(policyOf([], partitions)), TABLES_BASE).tables.length;
      const cells = [count, partitions, spent.read, spent.compile, spent.load, all, spent.warnings, tables];
      const row = [kind, ...cells.map(number), number((tables - others) / count)];
      console.error(row.join("  "));
      return `| ${row.join(" | ")} |`;
    });
  });
}

const HEAD = [
  "| prefixes | number | partitions | read, ms | compile, ms | load, ms | all, ms | warnings, ms | tables, octets | of them a prefix |",
  "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
];
const table = [
  `Measured on ${cpus()[0]!.model.replace(/\s+/g, " ")}, Node ${process.versions.node}; medians of ${RUNS} runs.`,
  "",
  ...HEAD,
  ...KINDS.flatMap(rowsOf),
].join("\n");

if (values.write) {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE}: expected ${BEGIN} and, behind it, ${END}`);
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`);
} else console.log(table);
