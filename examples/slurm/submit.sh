#!/bin/sh
# Works on a project with as many Slurm jobs as it gets shards: one prepares, an array measures, one merges.
#
#   examples/slurm/submit.sh PROJECT [SHARDS]
#
# The project has been made with `spxcutdb init` on a file system that all nodes see. SPXCUTDB is the program,
# `spxcutdb` when not set. Submitting again after a stop, a time limit or a lost node goes on from there.
set -eu
project=$(realpath "$1")
shards=${2:-4}
scripts=$(dirname "$(realpath "$0")")
logs=$project/logs/slurm
mkdir -p "$logs"

prepare=$(sbatch --parsable --output="$logs/prepare-%j.log" "$scripts/prepare.sh" "$project")
measure=$(sbatch --parsable --output="$logs/shard-%a-%A.log" --array="1-$shards" \
  --dependency="afterok:$prepare" --kill-on-invalid-dep=yes "$scripts/shard.sh" "$project" "$shards")
# Some images may fail for good; what was measured is merged all the same.
merge=$(sbatch --parsable --output="$logs/merge-%j.log" \
  --dependency="afterany:$measure" --kill-on-invalid-dep=yes "$scripts/merge.sh" "$project")
echo "Submitted $prepare (prepare), $measure ($shards shards), $merge (merge); logs in $logs"
