/** One word of a query. */
export interface AdqlToken {
  /** What it is. */
  readonly kind: "name" | "number" | "text" | "sign";
  /** Names and signs in lower case; texts without their quotes. */
  readonly value: string;
}

const TOKEN =
  /\s+|--[^\n]*|(?<text>'(?:[^']|'')*')|(?<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|(?<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\.\*)?)|(?<sign>\|\||<=|>=|<>|!=|[-+*(),=<>])/gy;

/** Cuts a query into its words; throws SyntaxError at what is none. */
export function adqlTokens(adql: string): AdqlToken[] {
  const tokens: AdqlToken[] = [];
  let end = 0;
  for (const match of adql.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    const { text, number, name, sign } = match.groups!;
    if (text !== undefined) {
      tokens.push({ kind: "text", value: text.slice(1, -1).replaceAll("''", "'") });
    } else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else if (name !== undefined) tokens.push({ kind: "name", value: name.toLowerCase() });
    else if (sign !== undefined) tokens.push({ kind: "sign", value: sign });
  }
  if (end < adql.length) throw new SyntaxError(`unexpected "${adql.slice(end, end + 20)}"`);
  return tokens;
}
