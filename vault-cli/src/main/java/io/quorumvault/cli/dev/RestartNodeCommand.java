package io.quorumvault.cli.dev;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Starts a storage node again.
@Command(
    name = "restart-node",
    description =
        "Starts a storage node again, after stopping it if it runs. Returns when it has come up.")
public final class RestartNodeCommand implements Callable<Integer> {
  private final DevCommand dev;

  @Parameters(paramLabel = "I", description = "The node's index, 1 to n.")
  private int index;

  @Mixin private final OutputFormat format = new OutputFormat();

  public RestartNodeCommand(DevCommand dev) {
    this.dev = dev;
  }

  @Override
  public Integer call() throws IOException {
    long processId = dev.cluster().restart(index);
    if (format.isJson()) {
      OutputFormat.print(
          dev.surroundings(),
          JsonObject.builder().with("node", index).with("pid", processId).build());
    } else {
      dev.surroundings().terminal().print("Node " + index + " is up, process " + processId + ".");
    }
    return ExitCode.OK.number();
  }
}
