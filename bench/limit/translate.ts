// The kernel's sources as C: the same decision, statement by statement, for a native compiler. Addresses are pointers: the
// kernel's memory lies at LIMIT_BASE of the process, and so do the constants of assembly/memory.ts that are addresses.
// Only what the kernel uses of the language is known here; anything else is an error.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assemblyscript from "assemblyscript";

/**
 * Where the kernel's memory lies in the process: above the heap, which Linux begins anywhere in the first GiB, and where
 * instructions hold addresses themselves, below 2 GiB.
 */
export const LIMIT_BASE = 0x5000_0000;

const ASSEMBLY = fileURLToPath(new URL("../../assembly", import.meta.url));
/** Of the kernel's export surface the runner (limit.c) calls the functions themselves. */
const LEFT_OUT = new Set(["index"]);

const TYPES: Readonly<Record<string, string>> = {
  ...{ bool: "bool", u8: "uint8_t", u16: "uint16_t", u32: "uint32_t", u64: "uint64_t" },
  ...{ i16: "int16_t", i32: "int32_t", i64: "int64_t", f64: "double", usize: "uintptr_t", void: "void" },
};

// Operators by assemblyscript's Token.
const BINARY: Readonly<Record<number, string>> = {
  ...{ 72: "<", 73: ">", 74: "<=", 75: ">=", 76: "==", 77: "!=", 81: "+", 82: "-", 84: "*", 85: "/", 86: "%" },
  ...{ 89: "<<", 90: ">>", 91: ">>", 92: "&", 93: "|", 94: "^", 97: "&&", 98: "||", 101: "=", 102: "+=", 103: "-=" },
  ...{ 104: "*=", 106: "/=", 107: "%=", 108: "<<=", 109: ">>=", 111: "&=", 112: "|=", 113: "^=" },
};
const UNARY: Readonly<Record<number, string>> = { 81: "+", 82: "-", 87: "++", 88: "--", 95: "!", 96: "~" };

const KIND = {
  ...{ namedType: 1, identifier: 7, assertion: 8, binary: 9, call: 10, comma: 12, false: 14, literal: 17 },
  ...{ parenthesized: 21, property: 22, ternary: 23, true: 26, postfix: 28, prefix: 29, block: 31, break: 32 },
  ...{ continue: 33, empty: 35, export: 36, expression: 39, for: 40, if: 42, import: 43, return: 44, variable: 48 },
  ...{ while: 50, function: 56 },
} as const;

/** A node of assemblyscript's tree: of what kind it is says which fields it has. */
// biome-ignore lint/suspicious/noExplicitAny: the package declares its tree for its own compiler only
type Node = any;

interface Module {
  readonly name: string;
  readonly statements: readonly Node[];
  /** What its names stand for in C, those it imports too. */
  readonly names: Map<string, string>;
}

/** The text of the translation: constants, then everything declared, then functions. */
export function translateKernel(): string {
  const modules = readModules();
  for (const module of modules) for (const statement of module.statements) name(module, statement);
  const parts: Record<"constants" | "prototypes" | "variables" | "functions", string[]> = {
    ...{ constants: [], prototypes: [], variables: [], functions: [] },
  };
  for (const module of modules) {
    for (const node of module.statements) {
      if (node.kind === KIND.variable) {
        for (const declared of node.declarations) {
          const isConstant = module.names.get(declared.name.text)!.startsWith("C_");
          if (isConstant) parts.constants.push(constant(module, declared));
          else parts.variables.push(variable(module, declared));
        }
      } else if (node.kind === KIND.function) {
        const head = headOf(module, node);
        parts.prototypes.push(`${head};`);
        parts.functions.push(`${head} ${statementOf(withParameters(module, node), node.body)}`);
      } else if (node.kind !== KIND.import && node.kind !== KIND.export) unknown(node);
    }
  }
  return `${Object.values(parts)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function readModules(): Module[] {
  const program = assemblyscript.newProgram(assemblyscript.newOptions());
  const names = readdirSync(ASSEMBLY)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3))
    .filter((module) => !LEFT_OUT.has(module));
  for (const module of names) {
    assemblyscript.parse(program, readFileSync(`${ASSEMBLY}/${module}.ts`, "utf8"), `${module}.ts`, true);
  }
  return names.map((module) => {
    const source = program.sources.find(({ internalPath }) => internalPath === module)!;
    return { name: module, statements: source.statements, names: new Map() };
  });
}

// Names of C: a module's own begin with its name; constants, which the preprocessor knows, with C_.
function name(module: Module, node: Node): void {
  if (node.kind === KIND.variable) {
    for (const { name, flags } of node.declarations) {
      module.names.set(name.text, `${flags & CONST ? "C_" : ""}${module.name}_${name.text}`);
    }
  } else if (node.kind === KIND.function) module.names.set(node.name.text, `${module.name}_${node.name.text}`);
  else if (node.kind === KIND.import) {
    const from = node.path.value.replace("./", "");
    for (const { name, foreignName } of node.declarations) {
      const isConstant = /^[A-Z][A-Z0-9_]*$/.test(foreignName.text);
      module.names.set(name.text, `${isConstant ? "C_" : ""}${from}_${foreignName.text}`);
    }
  }
}
const CONST = 8; // CommonFlags.Const

function constant(module: Module, { name, type, initializer }: Node): string {
  const value = expression(module, initializer);
  const isAddress = module.name === "memory" && isMemory(name.text, initializer);
  const cast = type === null ? "" : `(${typeOf(type)})`;
  return `#define ${module.names.get(name.text)} (${cast}(${value}${isAddress ? " + LIMIT_BASE" : ""}))`;
}

// assembly/memory.ts is a map: all that isn't a size, a bound or a place in a row is an address.
function isMemory(name: string, initializer: Node): boolean {
  return (
    !/^MAX_|_SIZE$|^SLACK$|_.*_(OLDEST|DISPLACED|CONDEMNED)$/.test(name) && Number(initializer.range.toString()) >= 1024
  );
}

function variable(module: Module, { name, type, initializer }: Node): string {
  return `static ${typeOf(type)} ${module.names.get(name.text)} = ${expression(module, initializer)};`;
}

function headOf(module: Module, { name, signature, decorators }: Node): string {
  const inline = decorators === null ? "" : "inline __attribute__((always_inline)) ";
  const parameters = signature.parameters.map((parameter: Node) => `${typeOf(parameter.type)} ${parameter.name.text}`);
  const list = parameters.length === 0 ? "void" : parameters.join(", ");
  return `static ${inline}${typeOf(signature.returnType)} ${module.names.get(name.text)}(${list})`;
}

function typeOf(node: Node): string {
  const type = TYPES[node.name?.identifier?.text];
  return type ?? unknown(node);
}

function statementOf(module: Module, node: Node): string {
  switch (node.kind) {
    case KIND.block: {
      const inner = scoped(module, node.statements);
      return `{\n${node.statements.map((item: Node) => statementOf(inner, item)).join("\n")}\n}`;
    }
    case KIND.variable:
      return `${locals(module, node.declarations)};`;
    case KIND.expression:
      return `${expression(module, node.expression)};`;
    case KIND.return:
      return node.value === null ? "return;" : `return ${expression(module, node.value)};`;
    case KIND.if: {
      const otherwise = node.ifFalse === null ? "" : ` else ${statementOf(module, node.ifFalse)}`;
      return `if (${expression(module, node.condition)}) ${statementOf(module, node.ifTrue)}${otherwise}`;
    }
    case KIND.while:
      return `while (${expression(module, node.condition)}) ${statementOf(module, node.body)}`;
    case KIND.for: {
      const inner = scoped(module, node.initializer === null ? [] : [node.initializer]);
      const first = node.initializer === null ? ";" : statementOf(inner, node.initializer);
      const condition = node.condition === null ? "" : expression(inner, node.condition);
      const step = node.incrementor === null ? "" : expression(inner, node.incrementor);
      return `for (${first} ${condition}; ${step}) ${statementOf(inner, node.body)}`;
    }
    case KIND.break:
      return "break;";
    case KIND.continue:
      return "continue;";
    case KIND.empty:
      return ";";
    default:
      return unknown(node);
  }
}

// Locals hide what a module has under the same name.
function scoped(module: Module, statements: readonly Node[]): Module {
  const names = new Map(module.names);
  for (const node of statements) {
    if (node.kind === KIND.variable) for (const { name } of node.declarations) names.set(name.text, name.text);
  }
  return { ...module, names };
}

function withParameters(module: Module, { signature }: Node): Module {
  const own: [string, string][] = signature.parameters.map(({ name }: Node) => [name.text, name.text]);
  return { ...module, names: new Map([...module.names, ...own]) };
}

// Those of one statement are of one type.
function locals(module: Module, declarations: readonly Node[]): string {
  const type = declarations[0].type === null ? "__auto_type" : typeOf(declarations[0].type);
  const list = declarations.map(({ name, initializer }) => {
    return initializer === null ? name.text : `${name.text} = ${expression(module, initializer)}`;
  });
  return `${type} ${list.join(", ")}`;
}

function expression(module: Module, node: Node): string {
  const inner = (part: Node): string => expression(module, part);
  switch (node.kind) {
    case KIND.identifier:
      return module.names.get(node.text) ?? (node.text === "Infinity" ? "INFINITY" : unknown(node));
    case KIND.true:
    case KIND.false:
      return node.kind === KIND.true ? "true" : "false";
    case KIND.literal:
      return literal(node);
    case KIND.parenthesized:
      return inner(node.expression);
    case KIND.assertion:
      return `((${typeOf(node.toType)})${inner(node.expression)})`;
    case KIND.binary: {
      const operator = BINARY[node.operator] ?? unknown(node);
      return `(${inner(node.left)} ${operator} ${inner(node.right)})`;
    }
    case KIND.prefix:
      return `(${UNARY[node.operator] ?? unknown(node)}${inner(node.operand)})`;
    case KIND.postfix:
      return `(${inner(node.operand)}${UNARY[node.operator] ?? unknown(node)})`;
    case KIND.ternary:
      return `(${inner(node.condition)} ? ${inner(node.ifThen)} : ${inner(node.ifElse)})`;
    case KIND.comma:
      return `(${node.expressions.map(inner).join(", ")})`;
    case KIND.call:
      return call(module, node);
    default:
      return unknown(node);
  }
}

function literal(node: Node): string {
  const text: string = node.range.toString().replaceAll("_", "");
  return Number(text) > 0xffff_ffff ? `${text}${text.includes("x") ? "ULL" : ".0"}` : text;
}

function call(module: Module, { expression: called, typeArguments, args }: Node): string {
  const list: string[] = args.map((argument: Node) => expression(module, argument));
  if (called.kind === KIND.property) {
    const [to, what, count] = list;
    const builtin = `${called.expression.text}.${called.property.text}`;
    if (builtin === "memory.copy") return `memmove(POINTER(${to}), POINTER(${what}), ${count})`;
    if (builtin === "memory.fill") return `memset(POINTER(${to}), ${what}, ${count})`;
    return unknown(called);
  }
  const type = typeArguments === null ? null : typeOf(typeArguments[0]);
  const at = list.length > 1 ? `${list[0]} + ${list.at(-1)}` : list[0];
  if (called.text === "load") return `LOAD(${type}, ${at})`;
  if (called.text === "store")
    return `STORE(${type}, ${list.length > 2 ? `${list[0]} + ${list[2]}` : list[0]}, ${list[1]})`;
  if (called.text === "min" || called.text === "max") {
    const cast = type === null ? "" : `(${type})`;
    return `${called.text.toUpperCase()}(${list.map((item) => `${cast}${item}`).join(", ")})`;
  }
  if (called.text === "bswap") return type === "uint64_t" ? `__builtin_bswap64(${list[0]})` : `BSWAP(${list[0]})`;
  if (called.text === "ctz") return `((uint64_t)__builtin_ctzll(${list[0]}))`;
  if (called.text === "abs") return `__builtin_fabs(${list[0]})`;
  if (TYPES[called.text] !== undefined) return `((${TYPES[called.text]})${list[0]})`;
  return `${module.names.get(called.text) ?? unknown(called)}(${list.join(", ")})`;
}

function unknown(node: Node): never {
  throw new Error(`${node.range.source.normalizedPath}: no C is known for ${node.range.toString()}`);
}
