package io.quorumvault.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What the codec knows of one record type, found out once: its components in canonical order of
/// their keys, how to get each, and how to make the record. Immutable.
final class RecordDescriptor {
  private final String name;
  private final MethodHandle constructor;
  private final List<Component> components;

  /// Whether a value is written as its only component.
  private final boolean transparent;

  private RecordDescriptor(String name, MethodHandle constructor, List<Component> components) {
    this.name = name;
    this.constructor = constructor;
    this.components = components;
    this.transparent = components.size() == 1 && !components.getFirst().nullable();
  }

  static RecordDescriptor of(Class<?> type) {
    try {
      RecordComponent[] declared = type.getRecordComponents();
      Class<?>[] types =
          Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      canonical.setAccessible(true);
      MethodHandle constructor =
          MethodHandles.lookup()
              .unreflectConstructor(canonical)
              .asFixedArity()
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      List<Component> components =
          IntStream.range(0, declared.length)
              .mapToObj(i -> component(type, declared[i], i))
              .sorted(Comparator.comparing(Component::key, Arrays::compareUnsigned))
              .toList();
      return new RecordDescriptor(type.getSimpleName(), constructor, components);
    } catch (ReflectiveOperationException unreachable) {
      throw new UnsupportedOperationException(type + " cannot be made", unreachable);
    }
  }

  private static Component component(Class<?> type, RecordComponent declared, int index) {
    String where = type.getSimpleName() + "." + declared.getName();
    try {
      Method accessor = declared.getAccessor();
      accessor.setAccessible(true);
      MethodHandle getter =
          MethodHandles.lookup()
              .unreflect(accessor)
              .asType(MethodType.methodType(Object.class, Object.class));
      CborWriter key = new CborWriter();
      key.text(declared.getName());
      return new Component(
          where,
          declared.getName(),
          key.toArray(),
          index,
          declared.getAnnotatedType().isAnnotationPresent(Nullable.class),
          getter,
          RecordForm.of(declared.getAnnotatedType(), where));
    } catch (IllegalAccessException unreachable) {
      throw new UnsupportedOperationException(where + " cannot be read", unreachable);
    }
  }

  void write(CborWriter out, Object value, int depth) {
    @Nullable Object[] values = new @Nullable Object[components.size()];
    int present = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = components.get(i).of(value);
      if (values[i] != null) {
        present++;
      }
    }
    if (!transparent) {
      out.head(CborWriter.MAP, present);
    }
    for (int i = 0; i < values.length; i++) {
      Component component = components.get(i);
      Object content = values[i];
      if (content != null) {
        if (!transparent) {
          out.raw(component.key());
        }
        component.form().write(out, content, component.where(), depth);
      } else if (!component.nullable()) {
        throw new IllegalArgumentException(component.where() + " (expected: to be present)");
      }
    }
  }

  Object read(CborReader in, int depth) {
    @Nullable Object[] values = new @Nullable Object[components.size()];
    if (transparent) {
      Component only = components.getFirst();
      values[0] = only.form().read(in, only.where(), depth);
    } else {
      readMap(in, values, depth);
    }
    for (Component component : components) {
      if (values[component.index()] == null && !component.nullable()) {
        throw new MalformedRecordException(component.where(), "to be present");
      }
    }
    return make(values);
  }

  /// Both the pairs and the components come in canonical order, so one walk over the components
  /// meets every key: those passed by are absent, and a key that is not ahead is one too many.
  private void readMap(CborReader in, @Nullable Object[] values, int depth) {
    int pairs = in.mapCount(name);
    int next = 0;
    for (int pair = 0; pair < pairs; pair++) {
      while (next < components.size() && !in.skip(components.get(next).key())) {
        next++;
      }
      if (next == components.size()) {
        throw refusalOfKey(in);
      }
      Component component = components.get(next++);
      values[component.index()] = component.form().read(in, component.where(), depth);
    }
  }

  private MalformedRecordException refusalOfKey(CborReader in) {
    String key = in.text(name + "'s key");
    return components.stream().anyMatch(component -> component.name().equals(key))
        ? new MalformedRecordException(name, "each key once and in canonical order")
        : new MalformedRecordException(name, "no keys but the names of its components");
  }

  private Object make(@Nullable Object[] values) {
    try {
      return constructor.invokeExact(values);
    } catch (IllegalArgumentException
        | NullPointerException
        | ArithmeticException
        | DateTimeException refusal) {
      throw new MalformedRecordException(name, "values its own rules allow", refusal);
    } catch (RuntimeException | Error bug) {
      throw bug;
    } catch (Throwable checked) {
      throw new UnsupportedOperationException(
          name + "'s constructor throws a checked exception", checked);
    }
  }

  /// @param where the record's and the component's name, for messages
  /// @param key the name as a CBOR text string
  /// @param index its place among the constructor's parameters
  @SuppressWarnings("ArrayRecordComponent") // never compared, and never leaves this class
  private record Component(
      String where,
      String name,
      byte[] key,
      int index,
      boolean nullable,
      MethodHandle getter,
      Form form) {
    @Nullable Object of(Object instance) {
      try {
        return (@Nullable Object) getter.invokeExact(instance);
      } catch (RuntimeException | Error bug) {
        throw bug;
      } catch (Throwable checked) {
        throw new UnsupportedOperationException(
            where + "'s accessor throws a checked exception", checked);
      }
    }
  }
}
