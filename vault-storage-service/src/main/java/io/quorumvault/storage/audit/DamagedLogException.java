package io.quorumvault.storage.audit;

import io.quorumvault.audit.Flaw;
import java.io.IOException;
import java.nio.file.Path;

/// The end of the log is not what was written, and no crash leaves it so. Nothing is added to it:
/// somebody has to look first.
final class DamagedLogException extends IOException {
  DamagedLogException(Path segment, Flaw flaw) {
    super(segment + ": " + flaw);
  }
}
