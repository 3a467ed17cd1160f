/**
 * The host prefixes of a policy as they are written. There can be a million: nothing is made for one that is right but
 * what is kept of it.
 *
 * @module
 */
import { formatAddress, hasHostBits, networkOf, type Prefix, parsePooledPrefix } from "../address.ts";
import { AddressPool } from "../plain.ts";
import { orderOf, sameAsBefore } from "./hosts.ts";
import type { HostPrefix } from "./model.ts";
import { formatPath, type Report, textOf } from "./report.ts";

/** Reads the prefixes. `texts` are the keys of `written`, `templates` the indexes of templates by name. */
export function readPrefixes(
  written: Readonly<Record<string, unknown>>,
  texts: readonly string[],
  templates: ReadonlyMap<string, number>,
  report: Report,
): HostPrefix[] {
  const hosts: HostPrefix[] = [];
  const pool = new AddressPool();
  for (const text of texts) {
    const prefix = readPrefix(text, pool, report);
    const name = textOf(written[text]);
    const template = name === undefined ? undefined : templates.get(name);
    if (name !== undefined && template === undefined) report.add(["hosts", text], "no template has this name", name);
    if (prefix === undefined || template === undefined) continue;
    if (hasHostBits(prefix)) {
      const right = `${formatAddress(networkOf(prefix))}/${prefix.length}`;
      report.add(["hosts", text], `has host bits behind its prefix; write ${right}`, text);
    }
    hosts.push({ text, address: prefix.address, prefix: prefix.length, template });
  }
  return hosts;
}

function readPrefix(text: string, pool: AddressPool, report: Report): Prefix | undefined {
  try {
    return parsePooledPrefix(text, pool);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.add(["hosts", text], error.message, text);
    return undefined;
  }
}

/** Reports prefixes that stand there before, in these or other words. */
export function checkPrefixes(hosts: readonly HostPrefix[], report: Report): void {
  const again = ([4, 16] as const).flatMap((octets) => sameAsBefore(orderOf(hosts, octets)));
  for (const [first, index] of again.sort(([, a], [, b]) => a - b)) {
    const before = formatPath(["hosts", hosts[first]!.text]);
    report.add(["hosts", hosts[index]!.text], `the prefix stands at ${before} already`);
  }
}
