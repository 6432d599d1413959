package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The body of a create or an update, read strictly. No failure repeats anything of it.
///
/// @param name present for a create, absent for an update, where the path has it
record SecretBody(Optional<SecretName> name, SecretValue value, ValueEncoding encoding)
    implements AutoCloseable {
  private static final String NAME = "name";
  private static final String VALUE = "value";
  private static final String ENCODING = "encoding";

  /// The largest value as base64 text.
  static final int BASE64_CHARS_MAX = (Limits.VALUE_BYTES_MAX + 2) / 3 * 4;

  /// @throws VaultFailure 400 or 413
  static SecretBody ofCreate(Body body) {
    return read(body, Set.of(NAME, VALUE, ENCODING));
  }

  /// @throws VaultFailure 400 or 413
  static SecretBody ofUpdate(Body body) {
    return read(body, Set.of(VALUE, ENCODING));
  }

  @Override
  public void close() {
    value.close();
  }

  private static SecretBody read(Body body, Set<String> known) {
    JsonMembers members = JsonMembers.read(body, known, Set.of(), Set.of());
    List<Violation> violations = new ArrayList<>();
    Optional<SecretName> name =
        known.contains(NAME) ? name(members.text(NAME), violations) : Optional.empty();
    Optional<ValueEncoding> encoding = encoding(members.text(ENCODING), violations);
    Optional<byte[]> value = encoding.flatMap(form -> value(members.text(VALUE), form, violations));
    if (encoding.isPresent() && value.isPresent() && violations.isEmpty()) {
      return new SecretBody(name, SecretValue.owning(value.get()), encoding.get());
    }
    value.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
    throw VaultFailure.invalid(violations);
  }

  private static Optional<SecretName> name(@Nullable String sent, List<Violation> violations) {
    if (sent == null) {
      violations.add(JsonMembers.missing(NAME));
      return Optional.empty();
    }
    Optional<SecretName> name = Names.secretName(sent);
    if (name.isEmpty()) {
      violations.add(Names.secretNameForm(NAME));
    }
    return name;
  }

  private static Optional<ValueEncoding> encoding(
      @Nullable String sent, List<Violation> violations) {
    if (sent == null) {
      return Optional.of(ValueEncoding.UTF_8);
    }
    for (ValueEncoding encoding : ValueEncoding.values()) {
      if (encoding.text().equals(sent)) {
        return Optional.of(encoding);
      }
    }
    violations.add(new Violation(ENCODING, "encoding-known", "One of utf-8 and base64."));
    return Optional.empty();
  }

  private static Optional<byte[]> value(
      @Nullable String sent, ValueEncoding encoding, List<Violation> violations) {
    if (sent == null) {
      violations.add(JsonMembers.missing(VALUE));
      return Optional.empty();
    }
    if (sent.isEmpty()) {
      violations.add(new Violation(VALUE, "value-empty", "At least 1 byte."));
      return Optional.empty();
    }
    return switch (encoding) {
      case UTF_8 -> utf8(VALUE, sent, violations);
      case BASE64 -> base64(sent, violations);
    };
  }

  /// The bytes of a value that stands in JSON as text.
  ///
  /// @param field the member it stands in
  /// @throws VaultFailure 413
  static Optional<byte[]> utf8(String field, String sent, List<Violation> violations) {
    if (sent.length() > Limits.VALUE_BYTES_MAX) {
      throw valueTooLarge();
    }
    // At most three bytes a character: two surrogates make four bytes.
    ByteBuffer encoded = ByteBuffer.allocate(3 * sent.length());
    try {
      CoderResult result =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(sent), encoded, true);
      if (result.isError()) {
        violations.add(
            new Violation(
                field, "value-text", "Unicode text, in which every surrogate has its other half."));
        return Optional.empty();
      }
      return Optional.of(withinBounds(Arrays.copyOf(encoded.array(), encoded.position())));
    } finally {
      Arrays.fill(encoded.array(), (byte) 0);
    }
  }

  /// Only the one spelling of some bytes that RFC 4648, section 4 gives: padded, without line
  /// breaks, without stray bits in the last character.
  private static Optional<byte[]> base64(String sent, List<Violation> violations) {
    if (sent.length() > BASE64_CHARS_MAX) {
      throw valueTooLarge();
    }
    byte[] text = sent.getBytes(StandardCharsets.ISO_8859_1);
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      byte[] canonical = Base64.getEncoder().encode(bytes);
      boolean same = Arrays.equals(canonical, text);
      Arrays.fill(canonical, (byte) 0);
      if (same) {
        return Optional.of(withinBounds(bytes));
      }
      Arrays.fill(bytes, (byte) 0);
    } catch (IllegalArgumentException notBase64) {
      // Said below, like every other spelling that is not the one.
    } finally {
      Arrays.fill(text, (byte) 0);
    }
    violations.add(
        new Violation(VALUE, "value-base64", "Base64 with padding (RFC 4648, section 4)."));
    return Optional.empty();
  }

  private static byte[] withinBounds(byte[] value) {
    if (value.length > Limits.VALUE_BYTES_MAX) {
      Arrays.fill(value, (byte) 0);
      throw valueTooLarge();
    }
    return value;
  }

  private static VaultFailure valueTooLarge() {
    return VaultFailure.of(
        FailureCode.PAYLOAD_TOO_LARGE,
        String.format(Locale.ROOT, "A value holds at most %d bytes.", Limits.VALUE_BYTES_MAX));
  }

  /// Without the value.
  @Override
  public String toString() {
    return "SecretBody[" + value.length() + " bytes]";
  }
}
