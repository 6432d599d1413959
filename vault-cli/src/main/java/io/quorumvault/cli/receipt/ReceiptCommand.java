package io.quorumvault.cli.receipt;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What can be done with erasure receipts.
@Command(
    name = "receipt",
    description = "Verifies erasure receipts, which qv delete --receipt writes.")
public final class ReceiptCommand implements Runnable {
  private @Spec @Nullable CommandSpec spec;

  /// `qv receipt` alone shows what there is.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
