/** An address inside of a text: its scheme, its credentials, what may be told, its query and fragment. */
const ADDRESS = /(\b[a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#"]*@)?([^\s?#"'<>\\]*)(?:[?#][^\s"'<>\\]*)?/gi;

/** The name of a field, such as a parameter of addresses, whose text is not told. */
const SECRET_NAME = /(token|password|secret|api_?key)$/i;

/**
 * A value as it may be written down where others read it: each address in its texts without credentials, query and
 * fragment, since these can hold a password or a token, and without the texts of fields that are named so. Logs, records, tables and error texts pass through here.
 *
 * @param value A text, or anything that JSON can hold, of which all texts are gone through; names of fields stay.
 */
export function withoutSecrets<Value>(value: Value): Value {
  return publicValue(value) as Value;
}

function publicValue(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(ADDRESS, "$1$2");
  if (Array.isArray(value)) return value.map(publicValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_NAME.test(name) && typeof inner === "string" ? "(not told)" : publicValue(inner),
    ]),
  );
}
