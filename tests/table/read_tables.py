"""Reads the example table in every format with astropy and pyarrow and prints what they found, as JSON.

Usage: read_tables.py FOLDER. Null is null; numbers are in full precision.
"""
import json
import sys
import warnings

import numpy as np
import pandas
import pyarrow.parquet
from astropy.io import fits
from astropy.table import Table

warnings.simplefilter("ignore")
folder = sys.argv[1]


def plain(value):
    """A cell as JSON holds it; what astropy masks, and NaN, is null."""
    if np.ma.is_masked(value) or value is None or value is pandas.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    return value.decode() if isinstance(value, bytes) else str(value)


def told(table):
    """Cells, units and descriptions of an astropy table."""
    return {
        "rows": [[plain(row[name]) for name in table.colnames] for row in table],
        "units": [None if table[name].unit is None else str(table[name].unit) for name in table.colnames],
        "descriptions": [table[name].description for name in table.colnames],
    }


found = {
    "ecsv": told(Table.read(f"{folder}/example.ecsv", format="ascii.ecsv")),
    "votable": told(Table.read(f"{folder}/example.vot", format="votable")),
    "fits": told(Table.read(f"{folder}/example.fits", format="fits", character_as_bytes=False)),
    "ipac": told(Table.read(f"{folder}/example.tbl", format="ascii.ipac")),
    "parquet": told(Table.read(f"{folder}/example.parquet", format="parquet")),
}
# Only the undecoded bytes tell an absent truth value of FITS from a false one.
with fits.open(f"{folder}/example.fits", logical_as_bytes=True) as file:
    letters = {b"T": True, b"F": False}
    for row, value in zip(found["fits"]["rows"], file[1].data["good"]):
        row[4] = letters.get(bytes(value))
# astropy reads an absent text as "None" and an absent integer as NaN; pyarrow and pandas know both.
arrow = pyarrow.parquet.read_table(f"{folder}/example.parquet")
found["parquet"]["rows"] = [list(row.values()) for row in arrow.to_pylist()]
frame = pandas.read_parquet(f"{folder}/example.parquet", dtype_backend="numpy_nullable")
found["pandas"] = [[plain(cell) for cell in row] for row in frame.itertuples(index=False)]
print(json.dumps(found))
