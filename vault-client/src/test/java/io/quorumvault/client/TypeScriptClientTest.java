package io.quorumvault.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// That the TypeScript client compiles. It runs in `ClientsIT` of the system tests.
class TypeScriptClientTest {
  private static final Path SOURCES = Path.of("src/main/typescript");

  @Test
  void the_typescript_client_compiles_strictly(@TempDir Path scratch)
      throws IOException, InterruptedException {
    Program.require("node", "the TypeScript client is not compiled");
    Program.require("npm", "the TypeScript client is not compiled");
    Program.Ended ended =
        Program.run(
            Path.of("."),
            scratch,
            SOURCES.resolve("build").toAbsolutePath().normalize().toString());
    assertEquals(0, ended.exitCode(), ended::said);
    assertTrue(Files.exists(Path.of("target/typescript/built/vault/index.js")));
    assertTrue(Files.readString(SOURCES.resolve("tsconfig.json")).contains("\"strict\": true"));
  }

  @Test
  void what_npm_brings_is_pinned_and_comes_from_its_own_registry() throws IOException {
    String lock = Files.readString(SOURCES.resolve("package-lock.json"));
    assertTrue(
        lock.lines()
            .filter(line -> line.contains("://"))
            .allMatch(line -> line.contains("\"resolved\": \"https://registry.npmjs.org/")),
        lock);
    assertTrue(lock.contains("\"integrity\": \"sha512-"), lock);
  }
}
