package io.quorumvault.dotenv.readers;

import java.util.LinkedHashMap;
import java.util.Map;

/// dotenvx 2.38 on files of the forms it shares with dotenv: as that one, but outside of single
/// quotes it puts in variables and runs commands, which here makes the file unreadable.
public final class DotenvxReader implements Reader {
  @Override
  public Map<String, String> read(String file) throws Unreadable {
    Map<String, String> variables = new LinkedHashMap<>();
    for (NodeReader.Assignment assignment : NodeReader.assignments(file)) {
      if (assignment.quote() != '\'' && assignment.value().indexOf('$') >= 0) {
        throw new Unreadable("a variable or a command");
      }
      variables.put(assignment.name(), assignment.value());
    }
    return variables;
  }
}
