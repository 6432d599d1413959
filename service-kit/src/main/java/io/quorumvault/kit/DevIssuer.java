package io.quorumvault.kit;

/// Who signs the tokens of a dev cluster: `qv`, with a key that lies beside it.
///
/// A service is set up for development exactly if this is the issuer it believes; every other
/// set-up is one for production. Keys that were made for development carry a mark in their id, by
/// which production refuses them, in whatever key set they stand.
public final class DevIssuer {
  public static final String NAME = "urn:quorumvault:dev";

  /// What the ids of keys begin with that are for development. A token names its key by its id, and
  /// so does the key set, so that the mark cannot be lost on the way from the one to the other.
  private static final String MARK = NAME + ":";

  private DevIssuer() {}

  /// The id of a key for development.
  ///
  /// @param thumbprint of the key (RFC 7638)
  public static String keyId(String thumbprint) {
    return MARK + thumbprint;
  }

  static boolean isKeyId(String id) {
    return id.startsWith(MARK);
  }
}
