package io.quorumvault.dotenv.readers;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// docker 28.2 `--env-file` and kubectl 1.32 `--from-env-file`: a line is a name, `=`, and a value.
public final class LineReader implements Reader {
  private final boolean kube;

  private LineReader(boolean kube) {
    this.kube = kube;
  }

  public static LineReader docker() {
    return new LineReader(false);
  }

  public static LineReader kube() {
    return new LineReader(true);
  }

  @Override
  public Map<String, String> read(String file) throws Unreadable {
    Map<String, String> variables = new LinkedHashMap<>();
    String text = file.startsWith("\uFEFF") ? file.substring(1) : file;
    for (String raw : text.split("\n", -1)) {
      if (raw.getBytes(StandardCharsets.UTF_8).length >= 1 << 16) {
        throw new Unreadable("a line too long for the scanner");
      }
      String line = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      line = line.stripLeading();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? line : line.substring(0, equals);
      if (!name.matches(kube ? "[-._A-Za-z][-._A-Za-z0-9]*" : "[^ \t]+")) {
        throw new Unreadable("not a name");
      }
      if (equals < 0) {
        continue;
      }
      if (variables.put(name, line.substring(equals + 1)) != null && kube) {
        throw new Unreadable("a name twice");
      }
    }
    return variables;
  }
}
