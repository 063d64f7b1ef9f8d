import type { Release } from "../spherex/release.ts";
import { FIELD, uniformAt } from "./pixel_noise.ts";

/** One pass of the survey over the whole sky. */
export interface Visit {
  /** Number of the visit in order of time, 0 for the first. */
  readonly index: number;
  /** Release that its images belong to. */
  readonly release: Release;
  /** Planning period, such as `2025W51_1A`; every visit has its own. */
  readonly planningPeriod: string;
  /** When its first exposure starts, MJD. */
  readonly startMjd: number;
  /** Where in the height of the detectors a source of a tile's lower edge falls, 0 to 1. */
  readonly phase: number;
  /** Processing version in file names, such as `l2b-v21-2025-354`. */
  readonly processingVersion: string;
  /** Header keyword VERSION. */
  readonly pipelineVersion: string;
}

const QR2_START_MJD = 60800;
const QR2_LAST_MJD = 61235;
/** From 2026-07-20 on, images are processed for QR3. */
const QR3_START_MJD = 61243;
const QR3_LAST_MJD = 61350;
const UNIX_EPOCH_MJD = 40587;
const MILLISECONDS_PER_DAY = 86_400_000;

/** Versions that QR2 went through; those without `+psffix1` before 6.5.6 have the transposed PSF header. */
const QR2_VERSIONS = ["6.4", "6.4+psffix1", "6.5.4", "6.5.4+psffix1", "6.5.6", "6.5.7"] as const;

/** The calendar date of an MJD, as a JavaScript date in UTC. */
export function dateOfMjd(mjd: number): Date {
  return new Date(Math.round((mjd - UNIX_EPOCH_MJD) * MILLISECONDS_PER_DAY));
}

/** Year and number of the week of a date (ISO 8601). */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(date.getTime() + (3 - (date.getUTCDay() + 6) % 7) * MILLISECONDS_PER_DAY);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / MILLISECONDS_PER_DAY / 7);
  return { year, week };
}

function dayOfYear(date: Date): number {
  return 1 + Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / MILLISECONDS_PER_DAY);
}

/** An integer near 0.618 n without a common factor with n: stepping by it visits all phases in a scattered order. */
function scatteringStride(n: number): number {
  for (let stride = Math.max(1, Math.round(n * 0.618)); stride < n; stride++) {
    if (greatestCommonDivisor(stride, n) === 1) return stride;
  }
  return 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The name of a planning period that starts at `startMjd` and is not in `taken`; it is added there. */
function planningPeriod(startMjd: number, taken: Set<string>): string {
  const { year, week } = isoWeek(dateOfMjd(startMjd));
  for (let number = 0;; number++) {
    const letter = String.fromCharCode(65 + number % 26);
    const name = `${year}W${String(week).padStart(2, "0")}_${1 + Math.floor(number / 26)}${letter}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function processingVersion(startMjd: number, release: Release): string {
  const date = dateOfMjd(startMjd + 7);
  const number = release === "QR3"
    ? (startMjd < 61300 ? 26 : 27)
    : startMjd < 60980
    ? 20
    : startMjd < 61130
    ? 21
    : 25;
  return `l2b-v${number}-${date.getUTCFullYear()}-${String(dayOfYear(date)).padStart(3, "0")}`;
}

/** The visits of a survey: `count` of them, the last `qr3Count` in QR3, their phases spread evenly. */
export function makeVisits(seed: number, count: number, qr3Count: number): Visit[] {
  const stride = scatteringStride(count);
  const firstPhase = uniformAt(seed, FIELD.tiling, count);
  const taken = new Set<string>();
  const qr2Count = count - qr3Count;
  return Array.from({ length: count }, (_, index) => {
    const release: Release = index < qr2Count ? "QR2" : "QR3";
    const startMjd = release === "QR2"
      ? QR2_START_MJD + (QR2_LAST_MJD - QR2_START_MJD) * index / qr2Count
      : QR3_START_MJD + (QR3_LAST_MJD - QR3_START_MJD) * (index - qr2Count) / qr3Count;
    return {
      index,
      release,
      planningPeriod: planningPeriod(startMjd, taken),
      startMjd,
      phase: (((index * stride) % count + 0.5) / count + firstPhase) % 1,
      processingVersion: processingVersion(startMjd, release),
      pipelineVersion: release === "QR3"
        ? "7.0.5"
        : QR2_VERSIONS[Math.floor(index / qr2Count * QR2_VERSIONS.length)]!,
    };
  });
}
