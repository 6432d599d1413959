package io.quorumvault.wire;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record, as its descriptor says. The descriptor is looked up when a value comes, so that
/// records may contain their own kind.
final class RecordForm implements Form {
  /// Records and lists around a value. Our deepest message uses six; a deeper input is an attempt
  /// to overflow the stack.
  static final int DEPTH_MAX = 16;

  private static final ClassValue<RecordDescriptor> DESCRIPTORS =
      new ClassValue<>() {
        @Override
        protected RecordDescriptor computeValue(Class<?> type) {
          return RecordDescriptor.of(type);
        }
      };

  private final Class<?> type;

  RecordForm(Class<?> type) {
    this.type = type;
  }

  /// The form of a component's type.
  ///
  /// @throws UnsupportedOperationException for a type that has no binary form: a bug in the record
  static Form of(AnnotatedType annotated, String where) {
    Type type = annotated.getType();
    if (type instanceof Class<?> plain) {
      if (plain.isRecord()) {
        return new RecordForm(plain);
      }
      Form scalar = ScalarForm.of(plain);
      if (scalar != null) {
        return scalar;
      }
      if (plain.isSealed()) { // asked last: an enum whose constants have bodies is sealed too
        return new SealedForm(plain);
      }
    }
    if (annotated instanceof AnnotatedParameterizedType generic
        && type instanceof ParameterizedType list
        && list.getRawType() == List.class) {
      AnnotatedType element = generic.getAnnotatedActualTypeArguments()[0];
      if (!element.isAnnotationPresent(Nullable.class)) {
        return new ListForm(of(element, where));
      }
    }
    throw new UnsupportedOperationException(where + ": " + type + " has no binary form");
  }

  @Override
  public void write(CborWriter out, Object value, String where, int depth) {
    checkDepthWritten(depth, where);
    DESCRIPTORS.get(type).write(out, value, depth + 1);
  }

  @Override
  public Object read(CborReader in, String where, int depth) {
    checkDepthRead(depth, where);
    return DESCRIPTORS.get(type).read(in, depth + 1);
  }

  static void checkDepthWritten(int depth, String where) {
    if (depth >= DEPTH_MAX) {
      throw new IllegalArgumentException(
          where + " (expected: nesting of at most " + DEPTH_MAX + ")");
    }
  }

  static void checkDepthRead(int depth, String where) {
    if (depth >= DEPTH_MAX) {
      throw new MalformedRecordException(where, "nesting of at most " + DEPTH_MAX);
    }
  }
}
