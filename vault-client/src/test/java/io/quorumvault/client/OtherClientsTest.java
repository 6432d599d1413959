package io.quorumvault.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The clients in Python and Go, as far as this machine can tell.
class OtherClientsTest {
  private static final Path PYTHON = Path.of("target/python");
  private static final Path GO = Path.of("target/go");

  private static final List<String> PYTHON_LIBRARIES = List.of("pydantic", "urllib3", "dateutil");

  @TempDir private Path scratch = Path.of("");

  @Test
  void the_python_client_compiles() throws IOException, InterruptedException {
    Program.require("python3", "the Python client is not compiled");
    Program.Ended ended =
        Program.run(
            PYTHON,
            scratch,
            "python3",
            "-c",
            "import compileall, sys; sys.exit(not compileall.compile_dir('quorum_vault',"
                + " quiet=1))");
    assertEquals(0, ended.exitCode(), ended::said);
  }

  @Test
  void the_python_client_has_every_operation() throws IOException, InterruptedException {
    Program.require("python3", "the Python client is not imported");
    for (String library : PYTHON_LIBRARIES) {
      if (Program.run(PYTHON, scratch, "python3", "-c", "import " + library).exitCode() != 0) {
        Program.notRun("the Python client is not imported (no " + library + " for python3)");
      }
    }
    Program.Ended ended =
        Program.run(
            PYTHON,
            scratch,
            "python3",
            "-c",
            """
            import quorum_vault as vault
            for api, operations in {
                vault.SecretsApi: ['create_secret', 'update_secret', 'get_secret',
                    'get_secret_version', 'list_secrets', 'list_secret_versions', 'delete_secret'],
                vault.EnvApi: ['process_env', 'process_env_file'],
                vault.AuditApi: ['list_audit_entries'],
                vault.StatusApi: ['get_status', 'get_cell']}.items():
                for operation in operations:
                    assert callable(getattr(api, operation)), operation
            one = vault.NewSecret(name='A', value='v')
            assert vault.NewSecret.from_json(one.to_json()) == one
            """);
    assertEquals(0, ended.exitCode(), ended::said);
  }

  @Test
  void the_go_client_is_generated() {
    for (String file : List.of("go.mod", "api_secrets.go", "model_new_secret.go")) {
      assertTrue(Files.exists(GO.resolve(file)), file);
    }
  }

  @Test
  void the_go_client_builds() throws IOException, InterruptedException {
    Program.require("go", "the Go client is not built");
    Program.Ended ended = Program.run(GO, scratch, "go", "build", "./...");
    assertEquals(0, ended.exitCode(), ended::said);
  }
}
