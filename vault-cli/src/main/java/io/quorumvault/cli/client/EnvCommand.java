package io.quorumvault.cli.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What can be done with a `.env` file.
@Command(
    name = "env",
    description = {
      "Seals and opens .env files.",
      "",
      "In the value of a variable, enc(NAME) stands for a value that goes into the vault when the"
          + " file is sealed, and secret(NAME) for one that comes out of it when the file is opened."
          + " A sealed file holds no secret of its own and can be committed.",
      "",
      "  enc(NAME)                          the value of the variable NAME, or of --values",
      "  enc(NAME:value)                    the value that stands here",
      "  enc(NAME|generate)                 a value that the vault makes",
      "  secret(NAME)                       the current version",
      "  secret(NAME@3)                     this version",
      "  secret(NAME@2026-11-20T18:00:00Z)  the version that was valid then",
      "  secret(NAME|urlencode)             the value for a URL; also |base64 and |json"
    })
public final class EnvCommand implements Runnable {
  private @Spec @Nullable CommandSpec spec;

  /// `qv env` alone shows what there is.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
