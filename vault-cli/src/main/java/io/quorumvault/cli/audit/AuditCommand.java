package io.quorumvault.cli.audit;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What can be done with the audit log.
@Command(name = "audit", description = "Lists the audit log of a namespace, or verifies logs.")
public final class AuditCommand implements Runnable {
  private @Spec @Nullable CommandSpec spec;

  /// `qv audit` alone shows what there is.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
