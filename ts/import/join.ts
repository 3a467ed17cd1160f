/**
 * An imported policy laid over one that says what the files of another system don't: interfaces, names, the profile.
 *
 * @module
 */
import { formatPrefix, parsePrefix } from "../address.ts";
import type { PolicyProblem } from "../errors.ts";
import type { PartitionInput, PolicyInput, TemplateInput } from "../policy/input.ts";
import { formatPath, listOf, type Path, recordOf, textOf } from "../policy/report.ts";

/** What joining gave. */
export interface Joined {
  /** Partitions of the base come first, so that their indexes stay. */
  readonly policy: PolicyInput;
  /** Names that are in both: then the policy is not to be used. Paths are those of the base. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Joins partitions, interfaces, templates, hosts and DOIs; of anything else the base's holds where it has one. What was
 * imported keeps its DOI. The base may be anything: what is wrong with it shows when the joined policy is read.
 */
export function joinPolicies(base: unknown, imported: PolicyInput): Joined {
  const under = recordOf(base) as Partial<PolicyInput>;
  const problems: PolicyProblem[] = [];
  const clash = (path: Path, what: string): void => {
    problems.push({ path: formatPath(path), keys: path, message: `${what} was imported too; take one of them away` });
  };
  const doi = under.doi === undefined ? imported.doi : under.doi;
  const withDoi = <T extends { readonly doi?: number | string | undefined }>(item: T): T =>
    doi === imported.doi ? item : { ...item, doi: item.doi ?? imported.doi };

  const importedNames = new Set(imported.partitions.map(({ name }) => name.toLowerCase()));
  const clashing = new Set<string>();
  listOf(under.partitions).forEach((item, i) => {
    const name = textOf(recordOf(item).name);
    if (name === undefined || !importedNames.has(name.toLowerCase())) return;
    clash(["partitions", i, "name"], `a partition "${name}"`);
    clashing.add(name.toLowerCase());
  });
  const partitions = imported.partitions.filter(({ name }) => !clashing.has(name.toLowerCase()));
  for (const name of Object.keys(recordOf(under.templates))) {
    if (Object.hasOwn(imported.templates, name)) clash(["templates", name], `a template "${name}"`);
  }
  const prefixes = new Set(Object.keys(imported.hosts).map(prefixKey));
  for (const text of Object.keys(recordOf(under.hosts))) {
    if (prefixes.has(prefixKey(text))) clash(["hosts", text], `the prefix ${prefixKey(text)}`);
  }
  return {
    policy: {
      ...imported,
      ...under,
      doi,
      interfaces: joinLists(under.interfaces, imported.interfaces.map(withDoi)),
      partitions: joinLists<PartitionInput>(under.partitions, partitions.map(withDoi)),
      templates: joinRecords(
        under.templates,
        Object.fromEntries(
          Object.entries(imported.templates).map(([name, item]): [string, TemplateInput] => [name, withDoi(item)]),
        ),
      ),
      hosts: joinRecords(under.hosts, imported.hosts),
      ...(imported.dois === undefined ? {} : { dois: joinRecords(under.dois, imported.dois) }),
    },
    problems,
  };
}

// A value of the wrong type stays as it is: it is reported where policies are read.
function joinLists<T>(under: readonly T[] | undefined, over: readonly T[]): readonly T[] {
  return under === undefined ? over : Array.isArray(under) ? [...under, ...over] : under;
}

function joinRecords<T>(
  under: Readonly<Record<string, T>> | undefined,
  over: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (under === undefined) return over;
  return recordOf(under) === under ? Object.fromEntries([...Object.entries(under), ...Object.entries(over)]) : under;
}

function prefixKey(text: string): string {
  try {
    return formatPrefix(parsePrefix(text));
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}
