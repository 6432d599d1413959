package io.quorumvault.kit;

import io.helidon.security.jwt.jwk.JwkKeys;

/// The keys that tokens are signed with, as they are known now. Safe for use by several threads.
interface TokenKeys {
  /// The same object as long as the keys are the same.
  JwkKeys current();

  /// The keys after a token named one that `current` does not have: fetched anew if that may help.
  JwkKeys afterUnknownKey();
}
