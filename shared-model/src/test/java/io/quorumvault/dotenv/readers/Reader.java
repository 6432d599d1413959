package io.quorumvault.dotenv.readers;

import java.util.Map;

/// A reader of `.env` files, with no variables set but those of the file.
public interface Reader {
  /// The variables of a file in their order.
  Map<String, String> read(String file) throws Unreadable;

  /// The reader gives up, or does something else than to assign: it runs a command.
  final class Unreadable extends Exception {
    Unreadable(String reason) {
      super(reason);
    }
  }
}
