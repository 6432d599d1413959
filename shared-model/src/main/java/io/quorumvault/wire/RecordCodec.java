package io.quorumvault.wire;

/// The one binary form of all records: what nodes and API servers send each other, and what is
/// hashed when two sides must agree on a record. Equal records have equal bytes, and only those
/// bytes are read as that record.
///
/// The form is deterministically encoded CBOR (RFC 8949, section 4.2.1), chosen by the types alone:
///
/// | Java | CBOR |
/// |---|---|
/// | a record with exactly one component, which must be present | that component |
/// | any other record | map from component name to value, keys in bytewise order; a null is left out |
/// | `int`, `long` | integer |
/// | `boolean` | true or false |
/// | `String` | text string |
/// | an enum | text string: the constant's name |
/// | `Instant` | integer: milliseconds since 1970-01-01T00:00Z |
/// | `Duration` | integer: milliseconds |
/// | `byte[]`, `Bytes`, `SecretValue`, `MaskSeed`, `Contribution` | byte string |
/// | `Share` | byte string: x as one byte, then the share's bytes |
/// | `List<T>` | array |
/// | a sealed interface of records | map with one pair: the record's simple name and its form |
///
/// Integers keep times free of text with many spellings; a time finer than a millisecond is refused
/// by `encode`, since it would not come back equal. A component may be absent if its type is
/// annotated `@Nullable`; primitives and list elements never are. A record that uses another type
/// is a bug and an `UnsupportedOperationException` at its first use.
///
/// Reading is strict. An unknown key is refused like a missing one: nodes agree on a protocol
/// version before they talk, so a member nobody knows is an error, and skipping it would let two
/// sides differ about what was said. So are a repeated key, keys out of order, a longer form than
/// necessary, an indefinite length, bytes after the end, and more than 16 records and lists around
/// each other. Lengths and counts are checked against the bytes that are there before anything is
/// allocated.
///
/// Growing buffers are wiped when let go; arrays given to or returned by these methods belong to
/// the caller. All methods may be called by several threads at once.
public final class RecordCodec {
  private RecordCodec() {}

  /// The binary form of `value`, in an array that belongs to the caller, who wipes it if the record
  /// holds secrets.
  ///
  /// @throws IllegalArgumentException for a record that breaks the form's own rules: a null that is
  ///   not allowed, a time finer than a millisecond, half a surrogate pair, too deep a nesting
  public static byte[] encode(Record value) {
    CborWriter out = new CborWriter();
    try {
      new RecordForm(value.getClass()).write(out, value, value.getClass().getSimpleName(), 0);
      return out.toArray();
    } finally {
      out.wipe();
    }
  }

  /// The record whose binary form `bytes` is. The array stays the caller's: nothing refers to it
  /// afterwards. If the reading fails, secrets read so far are wiped.
  ///
  /// @throws MalformedRecordException if it is the form of no such record, or the record's
  ///   constructor refuses it
  public static <T extends Record> T decode(Class<T> type, byte[] bytes) {
    CborReader in = new CborReader(bytes);
    boolean complete = false;
    try {
      Object value = new RecordForm(type).read(in, type.getSimpleName(), 0);
      in.end(type.getSimpleName());
      complete = true;
      return type.cast(value);
    } finally {
      if (!complete) {
        in.wipeSecrets();
      }
    }
  }
}
