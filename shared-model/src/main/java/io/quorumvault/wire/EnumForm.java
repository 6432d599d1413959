package io.quorumvault.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A constant of an enum, as the text of its name.
final class EnumForm implements Form {
  private final Map<String, Enum<?>> constants;

  EnumForm(Class<?> type) {
    this.constants =
        Arrays.stream(type.getEnumConstants())
            .map(constant -> (Enum<?>) constant)
            .collect(Collectors.toUnmodifiableMap(Enum::name, Function.identity()));
  }

  @Override
  public void write(CborWriter out, Object value, String where, int depth) {
    out.text(((Enum<?>) value).name());
  }

  @Override
  public Object read(CborReader in, String where, int depth) {
    Enum<?> constant = constants.get(in.text(where));
    if (constant == null) {
      throw new MalformedRecordException(where, "one of the " + constants.size() + " known words");
    }
    return constant;
  }
}
