package io.quorumvault.cli.dev;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Stops a dev cluster.
@Command(name = "stop", description = "Stops the cluster's processes. Its data stays.")
public final class StopCommand implements Callable<Integer> {
  private final DevCommand dev;

  @Mixin private final OutputFormat format = new OutputFormat();

  public StopCommand(DevCommand dev) {
    this.dev = dev;
  }

  @Override
  public Integer call() throws IOException {
    int stopped = dev.cluster().stop();
    if (format.isJson()) {
      OutputFormat.print(dev.surroundings(), JsonObject.builder().with("stopped", stopped).build());
    } else {
      dev.surroundings()
          .terminal()
          .print(
              stopped == 0 ? "The cluster was not running." : "Stopped " + stopped + " processes.");
    }
    return ExitCode.OK.number();
  }
}
