/** Half the length of an exposure, days: header keyword TELAPSE is 118.1873 s, the exposure itself 115.118 s. */
export const HALF_EXPOSURE_DAYS = 57.559 / 86400;
