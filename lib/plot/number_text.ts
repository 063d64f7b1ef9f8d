/** A number for people: `digits` significant digits, a real minus sign, powers of ten for the very large and small. */
export function numberText(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "\u2013";
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-3
    ? value.toExponential(digits - 1).replace("e+", "e")
    : size >= 10 ** digits
    ? String(Math.round(value))
    : value.toPrecision(digits);
  return text.replace(/^-/, "\u2212").replace("e-", "e\u2212");
}
