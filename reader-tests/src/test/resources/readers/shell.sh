# Sources the files whose paths it reads, each in a shell of its own, and writes the environment of
# each in base64.
while read -r file; do
  (
    set -a
    . "$file"
    /usr/bin/env -0
  ) | /usr/bin/base64 -w 0
  echo
done
