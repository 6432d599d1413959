package io.quorumvault.cli.policy;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What can be done with a policy file.
@Command(name = "policy", description = "Says what a policy file permits, without asking a vault.")
public final class PolicyCommand implements Runnable {
  private @Spec @Nullable CommandSpec spec;

  /// `qv policy` alone shows what there is.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
