package io.quorumvault.cli;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// Prints what a shell needs to complete `qv`'s commands, options and their words.
@Command(
    name = "completion",
    description = {
      "Prints a script with which a shell completes qv's commands and options.",
      "",
      "  source <(qv completion bash)      in ~/.bashrc",
      "  source <(qv completion zsh)       in ~/.zshrc"
    })
public final class CompletionCommand implements Callable<Integer> {
  /// zsh understands bash's way of completing once it is told to.
  private static final String ZSH =
      """
      autoload -U +X compinit && compinit
      autoload -U +X bashcompinit && bashcompinit
      """;

  private final Surroundings surroundings;

  private @Spec @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "SHELL",
      converter = ShellConverter.class,
      completionCandidates = Shells.class,
      description = "bash or zsh.")
  private Shell shell = Shell.BASH;

  /// The shells there is a script for.
  enum Shell {
    BASH,
    ZSH
  }

  static final class ShellConverter implements ITypeConverter<Shell> {
    @Override
    public Shell convert(String text) {
      return switch (text) {
        case "bash" -> Shell.BASH;
        case "zsh" -> Shell.ZSH;
        default -> throw new TypeConversionException("expected: bash or zsh");
      };
    }
  }

  static final class Shells implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return List.of("bash", "zsh").iterator();
    }
  }

  CompletionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("run by itself");
    }
    String script = AutoComplete.bash("qv", spec.root().commandLine());
    surroundings.terminal().output().print((shell == Shell.ZSH ? ZSH : "") + script);
    return ExitCode.OK.number();
  }
}
