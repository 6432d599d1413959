package io.quorumvault.wire;

import java.util.ArrayList;
import java.util.List;

/// A list without nulls, as an array of its elements. What is read cannot be modified.
final class ListForm implements Form {
  /// A count is only a claim until its elements were read, and lists nest: room is made as they
  /// come.
  private static final int INITIAL_ELEMENTS_MAX = 64;

  private final Form element;

  ListForm(Form element) {
    this.element = element;
  }

  @Override
  public void write(CborWriter out, Object value, String where, int depth) {
    RecordForm.checkDepthWritten(depth, where);
    Object[] elements = ((List<?>) value).toArray();
    out.head(CborWriter.ARRAY, elements.length);
    for (Object each : elements) {
      if (each == null) {
        throw new IllegalArgumentException(where + " (expected: no null in the list)");
      }
      element.write(out, each, where, depth + 1);
    }
  }

  @Override
  public Object read(CborReader in, String where, int depth) {
    RecordForm.checkDepthRead(depth, where);
    int count = in.arrayCount(where);
    List<Object> elements = new ArrayList<>(Math.min(count, INITIAL_ELEMENTS_MAX));
    for (int i = 0; i < count; i++) {
      elements.add(element.read(in, where, depth + 1));
    }
    return List.copyOf(elements);
  }
}
