#!/bin/sh
#SBATCH --job-name=spxcutdb-shard
#SBATCH --cpus-per-task=1
#SBATCH --signal=TERM@60
# One shard of a project: its task number is the part. A time limit stops it cleanly, a minute before the end.
set -eu
program=${SPXCUTDB:-spxcutdb}
exec $program run --project "$1" --shard "$SLURM_ARRAY_TASK_ID/$2" --download-missing --resume \
  --max-fit-workers "${SLURM_CPUS_PER_TASK:-1}"
