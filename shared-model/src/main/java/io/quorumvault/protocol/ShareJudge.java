package io.quorumvault.protocol;

import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;

/// Whether a share is the one that the entry's seal describes. Pure: the same question has the same
/// answer for ever.
@FunctionalInterface
public interface ShareJudge {
  boolean vouches(SecretId id, Entry entry, Share share);
}
