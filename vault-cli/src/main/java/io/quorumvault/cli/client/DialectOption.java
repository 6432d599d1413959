package io.quorumvault.cli.client;

import io.quorumvault.dotenv.Dialect;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The program a `.env` file is meant for.
final class DialectOption {
  @Option(
      names = "--dialect",
      paramLabel = "READER",
      defaultValue = "portable",
      converter = DialectConverter.class,
      completionCandidates = DialectNames.class,
      description =
          "What will read the file: ${COMPLETION-CANDIDATES} (default: portable, which all but"
              + " docker, kube and java read alike).")
  private Dialect dialect = Dialect.PORTABLE;

  Dialect dialect() {
    return dialect;
  }

  static final class DialectConverter implements ITypeConverter<Dialect> {
    @Override
    public Dialect convert(String text) {
      return Dialect.of(text)
          .orElseThrow(() ->
              new TypeConversionException(
                  "expected one of "
                      + Arrays.stream(Dialect.values())
                          .map(Dialect::text)
                          .collect(Collectors.joining(", "))));
    }
  }

  static final class DialectNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Dialect.values()).map(Dialect::text).iterator();
    }
  }
}
