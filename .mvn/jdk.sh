# Sourced by mvnw and qv: points JAVA_HOME at a JDK 25 or newer, or says in one message what is missing.
# Looks at JAVA_HOME, then PATH, then the folders where JDKs are usually installed.

quorum_vault_java_major() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

quorum_vault_find_jdk() {
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* \
    "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$home" ] || continue
    major=$(quorum_vault_java_major "$home") || continue
    [ "${major:-0}" -ge 25 ] || continue
    JAVA_HOME=$home
    export JAVA_HOME
    return 0
  done
  echo "Quorum Vault needs a JDK 25 or newer and found none." >&2
  echo "Install one (https://adoptium.net) or set JAVA_HOME to it, then run this again." >&2
  return 1
}

quorum_vault_find_jdk || exit 1

# Maven's own libraries use what newer JDKs warn about; the warnings are Maven's business, not the reader's.
MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
export MAVEN_OPTS
