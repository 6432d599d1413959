package io.quorumvault.cli.dev;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Shows how a dev cluster's processes are.
@Command(
    name = "status",
    description =
        "Shows which of the cluster's processes run and are ready. Ends with 0 when all are, else"
            + " with 2.")
public final class StatusCommand implements Callable<Integer> {
  private final DevCommand dev;

  @Mixin private final OutputFormat format = new OutputFormat();

  public StatusCommand(DevCommand dev) {
    this.dev = dev;
  }

  @Override
  public Integer call() throws IOException {
    List<DevCluster.State> states = dev.cluster().states();
    if (format.isJson()) {
      OutputFormat.print(
          dev.surroundings(),
          JsonObject.builder()
              .with("processes", states.stream().map(StatusCommand::json).toList())
              .build());
    } else {
      Table table = Table.of("PROCESS", "PID", "ALIVE", "READY", "URL");
      for (DevCluster.State state : states) {
        table.row(
            state.service().toString(),
            state.processId().map(String::valueOf).orElse("-"),
            yesOrNo(state.isAlive()),
            yesOrNo(state.ready()),
            state.url().toString());
      }
      table.print(dev.surroundings().terminal());
    }
    boolean allReady = states.stream().allMatch(DevCluster.State::ready);
    return (allReady ? ExitCode.OK : ExitCode.SERVER).number();
  }

  private static JsonObject json(DevCluster.State state) {
    JsonObject.Builder line = JsonObject.builder().with("process", state.service().toString());
    state.processId().ifPresentOrElse(id -> line.with("pid", id), () -> line.withNull("pid"));
    return line.with("alive", state.isAlive())
        .with("ready", state.ready())
        .with("url", state.url().toString())
        .build();
  }

  private static String yesOrNo(boolean fact) {
    return fact ? "yes" : "no";
  }
}
