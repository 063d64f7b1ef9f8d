#!/bin/sh
# Keeps projects current: asks the archive for new and reprocessed images, measures them and exports the spectra.
# Made for cron: it says nothing unless something needs a look.
#
#   0 6 * * *  keep_current.sh /data/project1 /data/project2
#
# SPXCUTDB is the program, `spxcutdb` when not set.
set -u
program=${SPXCUTDB:-spxcutdb}
status=0
for project in "$@"; do
  $program run --project "$project" --update --sync-calibration --download-missing --resume --quiet >/dev/null
  case $? in
    0) ;;
    1) echo "$project: some images failed; the next run tries them again" ;;
    7) echo "$project: another process is working on it"; continue ;;
    *) status=1; continue ;;
  esac
  $program export --project "$project" --format votable --quiet >/dev/null || status=1
done
exit $status
