package io.quorumvault.readers;

import io.quorumvault.dotenv.Dialect;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program that reads `.env` files.
interface RealReader extends AutoCloseable {
  String name();

  String version();

  /// The dialects that promise something for this reader.
  List<Dialect> dialects();

  /// What each file is to the reader, in their order: its variables, or nothing if the reader gives
  /// up on it.
  List<Optional<Map<String, String>>> read(List<String> files)
      throws IOException, InterruptedException;

  /// Whether a line may end with CRLF for this reader.
  default boolean takesCarriageReturns() {
    return true;
  }

  @Override
  default void close() {}
}
