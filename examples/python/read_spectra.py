"""Reads the spectra of a project with astropy and with pandas.

    spxcutdb export --project project --format ecsv --table spectra --output spectra.ecsv
    spxcutdb export --project project --format parquet --table binned --output binned.parquet
    python read_spectra.py spectra.ecsv binned.parquet
"""

import sys

import numpy
import pandas
from astropy.table import Table


def summarize_spectra(path):
    """Prints, for each source, the fluxes that are recommended for science, with units."""
    spectra = Table.read(path)
    for source in sorted(set(spectra["source_name"])):
        rows = spectra[spectra["source_name"] == source]
        good = rows[rows["science_recommended"]]
        flux = good["selected_flux_uJy"].quantity
        wavelength = good["wavelength_um"].quantity
        print(f"{source}: {len(rows)} measured, {len(good)} recommended", end="")
        if len(good) > 0:
            print(f", median {numpy.median(flux):.1f}, {wavelength.min():.2f} to {wavelength.max():.2f}", end="")
        print()


def weighted_color(path, blue=(1.0, 1.2), red=(2.0, 2.4)):
    """Prints, for each source, the ratio of the mean fluxes in two ranges of wavelength, micrometres."""
    binned = pandas.read_parquet(path, dtype_backend="numpy_nullable")

    def mean_flux(rows, limits):
        inside = rows[rows["wavelength_um"].between(*limits) & rows["flux_uJy"].notna()]
        weights = inside["flux_err_uJy"] ** -2
        return (inside["flux_uJy"] * weights).sum() / weights.sum()

    for source, rows in binned.groupby("source_name"):
        print(f"{source}: red over blue {mean_flux(rows, red) / mean_flux(rows, blue):.3f}")


if __name__ == "__main__":
    summarize_spectra(sys.argv[1])
    weighted_color(sys.argv[2])
