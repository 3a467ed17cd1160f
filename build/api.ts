// docs/api: the reference of everything that is exported, made from the doc comments by TypeDoc. `npm run api` writes it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { install, modules } from "../test/runtimes/tools.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
export const API = "docs/api";

// What is used of TypeDoc, which is there only where it was installed.
interface Comment {
  readonly blockTags: readonly { tag: string; typeAnnotation?: string; content: { kind: string; text: string }[] }[];
}
interface Reflection {
  readonly comment?: Comment;
}
interface Application {
  readonly converter: { on(event: string, listener: (context: unknown, reflection: Reflection) => void): void };
  readonly logger: { hasErrors(): boolean; hasWarnings(): boolean };
  convert(): Promise<object | undefined>;
  generateOutputs(project: object): Promise<void>;
}
interface Typedoc {
  readonly Application: { bootstrapWithPlugins(options: object): Promise<Application> };
  readonly Converter: { readonly EVENT_RESOLVE: string };
}

/** Writes the reference into a folder, whose files are gone. @throws {Error} something in it is not right: it was printed */
export async function writeApi(out: string): Promise<void> {
  const require = createRequire(join(modules, "index.js"));
  const { Application, Converter }: Typedoc = await import(pathToFileURL(require.resolve("typedoc")).href);
  const { exports } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8")) as { exports: Record<string, string> };
  rmSync(out, { recursive: true, force: true });
  const app = await Application.bootstrapWithPlugins({
    name: "API",
    entryPoints: Object.values(exports).map((source) => join(root, source)),
    tsconfig: join(root, "tsconfig.json"),
    plugin: [pathToFileURL(require.resolve("typedoc-plugin-markdown")).href],
    out,
    readme: "none",
    router: "module",
    logLevel: "Warn",
    cleanOutputDir: false,
    disableSources: true,
    excludeExternals: true,
    // Other compilers check the sources.
    skipErrorChecking: true,
    treatValidationWarningsAsErrors: true,
    intentionallyNotExported: ["codes"],
    preservedTypeAnnotationTags: ["@throws"],
    sort: ["source-order"],
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandObjects: true,
    expandParameters: true,
    ...Object.fromEntries(
      ["parameters", "interfaceProperties", "classProperties", "typeDeclaration", "propertyMembers"].map((kind) => [
        `${kind}Format`,
        "table",
      ]),
    ),
    tableColumnSettings: { hideInherited: true, hideOverrides: true, hideModifiers: true, hideDefaults: true },
  });
  // The theme leaves out what is thrown.
  app.converter.on(Converter.EVENT_RESOLVE, (_, { comment }) => {
    for (const { typeAnnotation, content } of comment?.blockTags ?? []) {
      if (typeAnnotation === undefined) continue;
      content.unshift({ kind: "code", text: `\`${typeAnnotation.slice(1, -1)}\`` }, { kind: "text", text: ": " });
    }
  });
  const project = await app.convert();
  if (project !== undefined && !app.logger.hasErrors()) await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("TypeDoc complains of the doc comments");
  for (const [name, text] of textsIn(out)) writeFileSync(join(out, name), mended(text));
}

/** Parameters that are taken apart get a name. Links to functions whose interface has their name count a heading too many. */
function mended(text: string): string {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, words]) =>
    words!.toLowerCase().replace(/[^a-z0-9_ -]/g, ""),
  );
  return text.replace(/__namedParameters/g, "options").replace(/\(#([a-z]+)-(\d+)\)/g, (link, name, number) => {
    const last = headings.filter((words) => words === name).length - 1;
    return Number(number) > last && last > 0 ? `(#${name}-${last})` : link;
  });
}

/** Files of a folder and what is in them. */
export function textsIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = install();
  if (missing !== null) throw new Error(missing);
  await writeApi(join(root, API));
}
