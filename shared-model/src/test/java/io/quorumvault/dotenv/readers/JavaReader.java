package io.quorumvault.dotenv.readers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// cdimascio dotenv-java 3.2.0, strict.
public final class JavaReader implements Reader {
  private static final Pattern ENTRY =
      Pattern.compile("^\\s*([\\w.\\-]+)\\s*(=)\\s*(['][^']*[']|[\"][^\"]*[\"]|[^#]*)?\\s*(#.*)?$");

  @Override
  public Map<String, String> read(String file) throws Unreadable {
    Map<String, String> variables = new LinkedHashMap<>();
    String entry = "";
    for (String line : List.of(file.split("\r\n|\r|\n", -1))) {
      if (entry.isEmpty() && (line.startsWith("#") || line.startsWith("////") || line.isBlank())) {
        continue;
      }
      entry += line;
      Matcher m = ENTRY.matcher(entry);
      if (!m.matches()) {
        throw new Unreadable("malformed entry");
      }
      String value = m.group(3);
      if (value.startsWith("\"") && !value.endsWith("\"")) {
        entry += "\n";
        continue;
      }
      String trimmed = value.trim();
      if (trimmed.startsWith("\"") || trimmed.endsWith("\"")) {
        if (trimmed.length() == 1
            || !trimmed.startsWith("\"")
            || !trimmed.endsWith("\"")
            || Pattern.compile("(?<!\\\\)\"")
                .matcher(trimmed.substring(1, trimmed.length() - 1))
                .find()) {
          throw new Unreadable("unmatched quotes");
        }
        trimmed = trimmed.substring(1, trimmed.length() - 1);
      }
      variables.put(m.group(1), trimmed);
      entry = "";
    }
    return variables;
  }
}
