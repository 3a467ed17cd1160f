/**
 * Elements, made in one expression.
 *
 * @module
 */

/** Attributes; `on…` are listeners, `false` and `null` leave one out, `true` stands for the empty text. */
export type Given = Readonly<Record<string, string | number | boolean | null | ((event: never) => void)>>;
export type Child = Node | string | null;

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element: `h("button", { type: "button", onclick }, "Undo")`. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: Given = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), given, children);
}

/** An SVG element. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  given: Given = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[Tag], given, children);
}

function fill<T extends Element>(element: T, given: Given, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : `${value}`);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The element of the page with an id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Text with *emphasis* and `code` in it, as nodes. */
export function marked(text: string): Child[] {
  return text.split(/(\*[^*]+\*|`[^`]+`)/).map((part) => {
    if (part.startsWith("*") && part.length > 1) return h("em", {}, part.slice(1, -1));
    return part.startsWith("`") && part.length > 1 ? h("code", {}, part.slice(1, -1)) : part;
  });
}

/** `1,234` */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** `107 kB` */
export function sayOctets(octets: number): string {
  const units = ["octets", "kB", "MB", "GB"];
  let value = octets;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Whether things may move by themselves. */
export function mayMove(): boolean {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
