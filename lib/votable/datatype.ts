import { votableError } from "./votable_error.ts";
import type { VotableDatatype } from "./votable_model.ts";

/** Bytes of one value in a binary stream; bits are packed and count as 0 here. */
export const BYTES_OF_DATATYPE: Readonly<Record<VotableDatatype, number>> = {
  boolean: 1,
  bit: 0,
  unsignedByte: 1,
  short: 2,
  int: 4,
  long: 8,
  char: 1,
  unicodeChar: 2,
  float: 4,
  double: 8,
  floatComplex: 8,
  doubleComplex: 16,
};

/** Names that services use though the standard does not have them; all are wider, none loses a value. */
const SYNONYMS: Readonly<Record<string, VotableDatatype>> = {
  string: "char",
  unicodeString: "unicodeChar",
  unsignedShort: "int",
  unsignedInt: "long",
};

/** Reads a `datatype` attribute; throws `votable/unknown-datatype`. */
export function parseDatatype(text: string | undefined, fieldName: string): VotableDatatype {
  const name = text?.trim() ?? "";
  if (Object.hasOwn(BYTES_OF_DATATYPE, name)) return name as VotableDatatype;
  const synonym = Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined;
  if (synonym !== undefined) return synonym;
  throw votableError(
    "unknown-datatype",
    `The column "${fieldName}" has the data type "${name}", expected one of ${
      Object.keys(BYTES_OF_DATATYPE).join(", ")
    }`,
    { field: fieldName, datatype: name },
  );
}
