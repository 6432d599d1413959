package io.quorumvault.wire;

import java.util.HashMap;
import java.util.Map;

/// One of the records that a sealed interface permits: a map with one pair, from the record's
/// simple name to its form.
final class SealedForm implements Form {
  private final Map<String, RecordForm> forms = new HashMap<>();
  private final Map<Class<?>, String> names = new HashMap<>();

  /// @throws UnsupportedOperationException if anything but records is permitted: a bug in the
  ///   interface
  SealedForm(Class<?> type) {
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (!permitted.isRecord()) {
        throw new UnsupportedOperationException(type + " permits more than records");
      }
      forms.put(permitted.getSimpleName(), new RecordForm(permitted));
      names.put(permitted, permitted.getSimpleName());
    }
  }

  @Override
  public void write(CborWriter out, Object value, String where, int depth) {
    String name = names.get(value.getClass());
    RecordForm form = forms.get(name);
    if (name == null || form == null) {
      throw new IllegalArgumentException(where + " (expected: a permitted record)");
    }
    out.head(CborWriter.MAP, 1);
    out.text(name);
    form.write(out, value, where, depth);
  }

  @Override
  public Object read(CborReader in, String where, int depth) {
    if (in.mapCount(where) != 1) {
      throw new MalformedRecordException(where, "exactly one kind");
    }
    RecordForm form = forms.get(in.text(where));
    if (form == null) {
      throw new MalformedRecordException(where, "one of the " + forms.size() + " known kinds");
    }
    return form.read(in, where, depth);
  }
}
