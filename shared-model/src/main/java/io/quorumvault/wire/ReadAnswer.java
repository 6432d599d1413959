package io.quorumvault.wire;

import io.quorumvault.FailureCode;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import java.util.List;

/// What was found, one per item in the order of the call. If anything is missing no value is given
/// away at all: what is there is only said to be.
public record ReadAnswer(List<Item> items) {
  /// How one item of the call stands.
  public sealed interface Item {}

  /// @param encoding the one it was written with
  public record Revealed(VersionView version, SecretValue value, ValueEncoding encoding)
      implements Item {}

  /// It is there, and its value was not asked for or is of no use.
  public record Present(VersionView version) implements Item {}

  /// A read quorum agrees that it is not there.
  ///
  /// @param code `SECRET_NOT_FOUND` or `VERSION_NOT_FOUND`
  public record Missing(FailureCode code) implements Item {
    public Missing {
      if (code != FailureCode.SECRET_NOT_FOUND && code != FailureCode.VERSION_NOT_FOUND) {
        throw new IllegalArgumentException("code (expected: one that says what is not there)");
      }
    }
  }

  public ReadAnswer {
    items = List.copyOf(items);
  }

  /// Whether anything that was asked for is not there.
  public boolean incomplete() {
    return items.stream().anyMatch(Missing.class::isInstance);
  }

  /// Wipes the values in it, for whoever does not pass it on.
  public void wipe() {
    for (Item item : items) {
      if (item instanceof Revealed revealed) {
        revealed.value().close();
      }
    }
  }
}
