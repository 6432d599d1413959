package io.quorumvault.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows under a heading, in columns as wide as they need to be.
public final class Table {
  private static final String GAP = "  ";
  private final List<List<String>> rows = new ArrayList<>();

  private Table(List<String> heading) {
    rows.add(heading);
  }

  public static Table of(String... heading) {
    return new Table(List.of(heading));
  }

  /// @param cells as many as the heading has
  public Table row(String... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          cells.length + " cells (expected: " + rows.getFirst().size() + ")");
    }
    rows.add(List.of(cells));
    return this;
  }

  public void print(Terminal terminal) {
    int columns = rows.getFirst().size();
    int[] width = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        width[column] = Math.max(width[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = row.get(column);
        line.append(cell).append(" ".repeat(width[column] - cell.length())).append(GAP);
      }
      terminal.print(line.toString().stripTrailing());
    }
  }
}
