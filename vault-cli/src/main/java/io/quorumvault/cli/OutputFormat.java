package io.quorumvault.cli;

import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// In which form a result is printed.
public final class OutputFormat {
  /// The forms, as they are named on the command line.
  enum Form {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      converter = FormConverter.class,
      completionCandidates = FormNames.class,
      description = "For people (table, the default) or for programs (json).")
  private Form form = Form.TABLE;

  public boolean isJson() {
    return form == Form.JSON;
  }

  /// Prints `document` as it is.
  public static void print(Surroundings surroundings, JsonObject document) {
    byte[] text = document.toBytes();
    surroundings.terminal().output().write(text, 0, text.length);
  }

  static final class FormConverter implements ITypeConverter<Form> {
    @Override
    public Form convert(String text) {
      return switch (text) {
        case "table" -> Form.TABLE;
        case "json" -> Form.JSON;
        default -> throw new TypeConversionException("expected: table or json");
      };
    }
  }

  static final class FormNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("table", "json").iterator();
    }
  }
}
