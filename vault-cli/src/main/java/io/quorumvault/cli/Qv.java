package io.quorumvault.cli;

import io.quorumvault.cli.audit.AuditCommand;
import io.quorumvault.cli.audit.AuditVerifyCommand;
import io.quorumvault.cli.client.AuditListCommand;
import io.quorumvault.cli.client.DeleteCommand;
import io.quorumvault.cli.client.EnvCheckCommand;
import io.quorumvault.cli.client.EnvCommand;
import io.quorumvault.cli.client.EnvDiffCommand;
import io.quorumvault.cli.client.EnvOpenCommand;
import io.quorumvault.cli.client.EnvSealCommand;
import io.quorumvault.cli.client.GetCommand;
import io.quorumvault.cli.client.HistoryCommand;
import io.quorumvault.cli.client.ImportCommand;
import io.quorumvault.cli.client.ListCommand;
import io.quorumvault.cli.client.PutCommand;
import io.quorumvault.cli.client.RunCommand;
import io.quorumvault.cli.client.UpdateCommand;
import io.quorumvault.cli.dev.DemoCommand;
import io.quorumvault.cli.dev.DevCommand;
import io.quorumvault.cli.dev.RestartNodeCommand;
import io.quorumvault.cli.dev.StatusCommand;
import io.quorumvault.cli.dev.StopCommand;
import io.quorumvault.cli.dev.TokenCommand;
import io.quorumvault.cli.doctor.DoctorCommand;
import io.quorumvault.cli.policy.PolicyCheckCommand;
import io.quorumvault.cli.policy.PolicyCommand;
import io.quorumvault.cli.receipt.ReceiptCommand;
import io.quorumvault.cli.receipt.ReceiptVerifyCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program.
@Command(
    name = "qv",
    versionProvider = Qv.Version.class,
    description = "Quorum Vault: a distributed secrets vault without a master key.",
    footer = {
      "",
      "The vault, namespace and token come from the command line, the environment (QV_API,"
          + " QV_NAMESPACE, QV_TOKEN), or the nearest dev cluster, in this order.",
      "",
      "Something does not work: qv doctor. Completion for bash and zsh: qv completion --help."
    })
public final class Qv implements Runnable {
  private static final int HELP_COLUMNS = 100;

  private @Spec @Nullable CommandSpec spec;

  private Qv() {}

  public static void main(String[] arguments) {
    Terminal terminal = Terminal.ofProcess();
    Surroundings surroundings =
        new Surroundings(
            System.getenv(),
            Path.of(""),
            Path.of(System.getProperty("qv.home", "")),
            terminal,
            Clock.systemUTC());
    System.exit(run(surroundings, arguments));
  }

  /// Runs one command.
  ///
  /// @return the number of an `ExitCode`
  public static int run(Surroundings surroundings, String... arguments) {
    int exitCode = commandLine(surroundings).execute(arguments);
    Terminal terminal = surroundings.terminal();
    if (terminal.output().checkError() && exitCode == ExitCode.OK.number()) {
      terminal.say("qv: the result could not be written to standard output");
      return ExitCode.USAGE.number();
    }
    return exitCode;
  }

  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine line =
        new CommandLine(new Qv())
            .addSubcommand(dev(surroundings))
            .addSubcommand(new PutCommand(surroundings))
            .addSubcommand(new GetCommand(surroundings))
            .addSubcommand(new UpdateCommand(surroundings))
            .addSubcommand(new HistoryCommand(surroundings))
            .addSubcommand(new DeleteCommand(surroundings))
            .addSubcommand(new ListCommand(surroundings))
            .addSubcommand(env(surroundings))
            .addSubcommand(new ImportCommand(surroundings))
            .addSubcommand(new CommandLine(new RunCommand(surroundings)).setStopAtPositional(true))
            .addSubcommand(new TokenCommand(surroundings))
            .addSubcommand(new DoctorCommand(surroundings))
            .addSubcommand(
                new CommandLine(new PolicyCommand())
                    .addSubcommand(new PolicyCheckCommand(surroundings)))
            .addSubcommand(
                new CommandLine(new AuditCommand())
                    .addSubcommand(new AuditListCommand(surroundings))
                    .addSubcommand(new AuditVerifyCommand(surroundings)))
            .addSubcommand(
                new CommandLine(new ReceiptCommand())
                    .addSubcommand(new ReceiptVerifyCommand(surroundings)))
            .addSubcommand(new CompletionCommand(surroundings));
    line.getCommandSpec().addOption(versionOption());
    addHelp(line);
    line.setUsageHelpWidth(HELP_COLUMNS);
    line.registerConverter(Path.class, Qv::path);
    line.setExpandAtFiles(false); // @file belongs to the program that qv run starts
    Terminal terminal = surroundings.terminal();
    line.setOut(new PrintWriter(terminal.output(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.messages(), true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((malformed, _) -> explain(malformed, terminal));
    line.setExecutionExceptionHandler((thrown, _, _) -> {
      if (thrown instanceof CommandFailure failure) {
        tell(failure, terminal);
        return failure.exitCode().number();
      }
      throw thrown;
    });
    return line;
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException unspeakable) {
      throw new TypeConversionException(
          "this path cannot be spelled in the locale here; set LC_ALL to a UTF-8 one");
    }
  }

  private static CommandLine dev(Surroundings surroundings) {
    DevCommand dev = new DevCommand(surroundings);
    return new CommandLine(dev)
        .addSubcommand(new StopCommand(dev))
        .addSubcommand(new RestartNodeCommand(dev))
        .addSubcommand(new StatusCommand(dev))
        .addSubcommand(new DemoCommand(dev, Qv::run));
  }

  private static CommandLine env(Surroundings surroundings) {
    return new CommandLine(new EnvCommand())
        .addSubcommand(new EnvSealCommand(surroundings))
        .addSubcommand(new EnvOpenCommand(surroundings))
        .addSubcommand(new EnvCheckCommand(surroundings))
        .addSubcommand(new EnvDiffCommand(surroundings));
  }

  private static OptionSpec versionOption() {
    return OptionSpec.builder("-V", "--version")
        .versionHelp(true)
        .type(boolean.class)
        .description("Print the version and exit.")
        .build();
  }

  /// Every command has `--help`, ends a wrong command line as `ExitCode` says, and names the exit
  /// codes.
  private static void addHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .type(boolean.class)
            .description("Show this help and exit.")
            .build());
    spec.exitCodeOnInvalidInput(ExitCode.USAGE.number());
    spec.exitCodeOnExecutionException(ExitCode.SERVER.number());
    spec.usageMessage()
        .exitCodeListHeading("%nExit codes%n")
        .exitCodeList(
            Arrays.stream(ExitCode.values())
                .collect(
                    Collectors.toMap(
                        code -> Integer.toString(code.number()),
                        ExitCode::meaning,
                        (one, other) -> one,
                        LinkedHashMap::new)))
        .sortOptions(false);
    line.getSubcommands().values().forEach(Qv::addHelp);
  }

  /// `qv` alone shows what there is.
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private static int explain(ParameterException malformed, Terminal terminal) {
    CommandLine command = malformed.getCommandLine();
    terminal.say(
        "qv: "
            + (malformed instanceof UnmatchedArgumentException unmatched
                ? unmatched(unmatched, command)
                : String.valueOf(malformed.getMessage()).replaceFirst("^Error: ", "")));
    terminal.say("See qv " + commandPath(command) + "--help.");
    return ExitCode.USAGE.number();
  }

  /// Repeats no word that may be a value in the wrong place.
  private static String unmatched(UnmatchedArgumentException unmatched, CommandLine command) {
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      return "there is no option " + word.split("=", 2)[0] + " here.";
    }
    return switch (command.getCommandName()) {
      case "put", "update" ->
          "more than a name was given; a value never goes on the command line, which others can"
              + " read. Pipe it in, or use --file.";
      case "seal", "check" ->
          "more than a file was given; a value never goes on the command line, which others can"
              + " read. Use --values.";
      default ->
          command.getSubcommands().isEmpty()
              ? "there is an argument too many: " + word
              : "there is no command " + word + "." + suggestion(unmatched);
    };
  }

  private static String suggestion(UnmatchedArgumentException unmatched) {
    List<String> alike = unmatched.getSuggestions();
    return alike.isEmpty() ? "" : " Did you mean " + String.join(" or ", alike) + "?";
  }

  private static String commandPath(CommandLine command) {
    List<String> names = new ArrayList<>();
    for (CommandLine at = command; at.getParent() != null; at = at.getParent()) {
      names.addFirst(at.getCommandName());
    }
    return names.stream().map(name -> name + " ").collect(Collectors.joining());
  }

  private static void tell(CommandFailure failure, Terminal terminal) {
    terminal.output().flush();
    failure.findings().forEach(terminal::say);
    terminal.say("qv: " + failure.message().replace("\n", "\n    "));
    failure.next().ifPresent(next -> terminal.say("    " + next.replace("\n", "\n    ")));
  }

  /// The version of the build, from the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Qv.class.getPackage().getImplementationVersion();
      return new String[] {"qv " + (version == null ? "(not packaged)" : version)};
    }
  }
}
