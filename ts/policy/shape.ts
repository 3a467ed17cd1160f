/**
 * Parts of schemas.
 *
 * @module
 */
import * as v from "valibot";

/** A schema with a text that editors show. */
export const described = <T extends v.GenericSchema>(
  schema: T,
  text: string,
): v.SchemaWithPipe<readonly [T, v.DescriptionAction<v.InferOutput<T>, string>]> =>
  v.pipe(schema, v.description<v.InferOutput<T>, string>(text));

/** An object with these keys and no other; every unknown key is a problem of its own. */
export const closed = <const T extends v.ObjectEntries>(
  entries: T,
): v.ObjectWithRestSchema<T, v.NeverSchema<string>, undefined> =>
  v.objectWithRest(entries, v.never(`unknown key; known here: ${Object.keys(entries).join(", ")}`));
