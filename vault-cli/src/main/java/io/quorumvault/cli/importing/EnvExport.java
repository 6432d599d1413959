package io.quorumvault.cli.importing;

import java.util.List;
import java.util.Map;

/// The variables of a `.env` file.
public final class EnvExport {
  private EnvExport() {}

  /// @param variables in their order; the values are taken over and wiped
  /// @param prefix goes before every name; empty for none
  /// @param skipEmpty leaves out what has no value instead of refusing it
  public static Export of(Map<String, byte[]> variables, String prefix, boolean skipEmpty) {
    Harvest harvest = new Harvest(prefix, skipEmpty);
    variables.forEach((name, value) -> harvest.add(List.of(), name, value));
    return harvest.export();
  }
}
