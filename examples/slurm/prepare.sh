#!/bin/sh
#SBATCH --job-name=spxcutdb-prepare
#SBATCH --cpus-per-task=1
# Merges what earlier shards have left, finds the images and fetches the calibration files that all shards share.
set -eu
program=${SPXCUTDB:-spxcutdb}
$program merge --project "$1"
$program discover --project "$1" --resume
exec $program calibration sync --project "$1" --product required
