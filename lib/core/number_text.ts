/** A whole number with commas between the thousands: `1,204`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number and its noun in singular or plural: `1 source`, `12 sources`. */
export function countedText(count: number, singular: string, plural = `${singular}s`): string {
  return `${countText(count)} ${count === 1 ? singular : plural}`;
}

/** Bytes in the unit that keeps the number below a thousand, powers of ten: `5.07 MB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, unit] = [Math.max(0, bytes), 0];
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? Math.round(value) : significant(value)} ${units[unit]}`;
}

/** A rate: `38/s`, `0.25/s`. */
export function rateText(perSecond: number): string {
  return `${perSecond >= 100 ? countText(perSecond) : significant(perSecond)}/s`;
}

/** A duration: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${countText(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** A time to go as on a clock: `00:29`, `12:05`, `3:07:41`; `--:--` when it is not known. */
export function clockText(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds >= 360_000) return "--:--";
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = `${String(minutes).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours === 0 ? tail : `${hours}:${tail}`;
}

/** Three significant digits, without an exponent; zeros behind the point are kept. */
function significant(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, value < 0.01 ? 4 : 2));
}
