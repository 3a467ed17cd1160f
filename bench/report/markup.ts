// HTML and SVG as text. Content is escaped where it comes in: a markup is never made of anything else.

/** Markup that is whole. */
export type Markup = string & { readonly __markup: true };
export type Attributes = Readonly<Record<string, string | number>>;

/** Without an end tag and content in HTML. */
const EMPTY = new Set(["meta"]);

export function text(content: string | number): Markup {
  return String(content).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`) as Markup;
}

export function element(name: string, attributes: Attributes = {}, ...children: readonly Markup[]): Markup {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${text(numeral(value))}"`);
  const end = EMPTY.has(name) ? "" : `${children.join("")}</${name}>`;
  return `<${name}${given.join("")}>${end}` as Markup;
}

/** Style rules: no content of others. */
export function style(rules: string): Markup {
  return `<style>${rules}</style>` as Markup;
}

/** A table; cells of numbers, by their column, are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): Markup {
  const cell = (name: string) => (content: string, column: number) =>
    element(name, right.includes(column) ? { class: "number" } : {}, text(content));
  return element(
    "div",
    { class: "wide" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head.map(cell("th")))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell("td"))))),
    ),
  );
}

/** A picture with what it says in words. */
export function picture(width: number, height: number, said: string, ...children: readonly Markup[]): Markup {
  return element(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said, xmlns: "http://www.w3.org/2000/svg" },
    ...children,
  );
}

/** Text in a picture. */
export function label(x: number, y: number, content: string, attributes: Attributes = {}): Markup {
  return element("text", { x, y, ...attributes }, text(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): Markup {
  return element("line", { x1, y1, x2, y2, class: kind });
}

/** What a pointer is told. */
export function tip(content: string): Markup {
  return element("title", {}, text(content));
}

function numeral(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}
