/** A number for people: `digits` significant digits, a real minus sign, powers of ten for the very large and small. */
export function numberText(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "\u2013";
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : "\u2212\u221e";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const precise = value.toPrecision(digits);
  const text = size >= 1e6 || size < 1e-3
    ? value.toExponential(digits - 1)
    : precise.includes("e")
    ? String(Math.round(value))
    : precise;
  return text.replace("e+", "e").replaceAll("-", "\u2212");
}
