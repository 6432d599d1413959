package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.secret.SecretName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A secret's name on the command line. A refusal does not repeat what was given, which may be a
/// value in the wrong place.
final class SecretNameConverter implements ITypeConverter<SecretName> {
  @Override
  public SecretName convert(String text) {
    try {
      return new SecretName(text);
    } catch (IllegalArgumentException malformed) {
      throw new TypeConversionException(
          "a name has 1 to "
              + Limits.NAME_CHARS_MAX
              + " letters, digits, '_', '.' and '-', the first neither '.' nor '-'");
    }
  }
}
