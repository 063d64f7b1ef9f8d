#!/bin/sh
#SBATCH --job-name=spxcutdb-merge
#SBATCH --cpus-per-task=1
# Joins the shards and writes the report.
set -eu
program=${SPXCUTDB:-spxcutdb}
$program merge --project "$1"
exec $program report --project "$1"
