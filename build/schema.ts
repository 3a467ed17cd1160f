// policy.schema.json, for editors: made from ts/policy/schema.ts.
import { toJsonSchema } from "@valibot/to-json-schema";
import { policySchema } from "../ts/policy/schema.ts";

/** The text of policy.schema.json. */
export function schemaText(): string {
  const schema = { ...toJsonSchema(policySchema), title: "labelgate policy" };
  // Editors say "not allowed" for false, and something puzzling for { not: {} }.
  const text = JSON.stringify(
    schema,
    (key, value) => (key === "additionalProperties" && isNever(value) ? false : value),
    2,
  );
  return `${text}\n`;
}

function isNever(value: unknown): boolean {
  return JSON.stringify(value) === '{"not":{}}';
}
