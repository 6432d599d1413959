package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.io.PrintStream;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Reads a secret.
@Command(
    name = "get",
    description = {
      "Writes a secret's value to standard output, exactly its bytes; a line end is added only when"
          + " that is a terminal.",
      "",
      "The current version, unless told otherwise."
    })
public final class GetCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "NAME",
      converter = SecretNameConverter.class,
      description = "The secret's name.")
  private @Nullable SecretName name;

  @ArgGroup(exclusive = true)
  private @Nullable Which which;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  /// A version other than the current one.
  static final class Which {
    @Option(names = "--version", paramLabel = "N", description = "This version.")
    private @Nullable Long version;

    @Option(
        names = "--at",
        paramLabel = "INSTANT",
        converter = InstantConverter.class,
        description = "The version that was valid then, e.g. 2026-11-20T18:00:00Z.")
    private @Nullable OffsetDateTime at;

    private Call of(Target target, SecretName name) {
      return version == null
          ? Call.getSecret(
              target, name, at == null ? null : at.withOffsetSameInstant(ZoneOffset.UTC))
          : Call.getSecretVersion(target, name, version);
    }
  }

  static final class InstantConverter implements ITypeConverter<OffsetDateTime> {
    @Override
    public OffsetDateTime convert(String text) {
      try {
        return OffsetDateTime.parse(text);
      } catch (DateTimeParseException malformed) {
        throw new TypeConversionException(
            "expected an instant of RFC 3339, e.g. 2026-11-20T18:00:00Z");
      }
    }
  }

  public GetCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    SecretName secret = Objects.requireNonNull(name);
    try (VaultClient vault = VaultClient.to(target);
        Call call =
            which == null ? Call.getSecret(target, secret, null) : which.of(target, secret);
        Answer answer = vault.send(call);
        SecretValue value = ValueText.parse(answer.body()).orElseThrow(Answer::strange)) {
      if (format.isJson()) {
        PrintStream output = surroundings.terminal().output();
        output.write(answer.body(), 0, answer.body().length);
        output.write('\n');
      } else {
        write(value);
      }
      return 0;
    }
  }

  private void write(SecretValue value) {
    Terminal terminal = surroundings.terminal();
    byte[] bytes = value.exposeCopy();
    try {
      if (terminal.outputIsTerminal() && ValueText.steersTerminal(bytes)) {
        throw CommandFailure.usage(
            "The value is binary (" + bytes.length + " bytes) and would upset the terminal.",
            "Send it to a file (qv get NAME > file) or another program, or use --output json.");
      }
      terminal.output().write(bytes, 0, bytes.length);
      if (terminal.outputIsTerminal() && bytes[bytes.length - 1] != '\n') {
        terminal.output().write('\n');
      }
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
