package io.quorumvault.cli.dev;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Signs a token for a dev cluster.
@Command(
    name = "token",
    description = {
      "Prints a bearer token signed with the dev cluster's key.",
      "",
      "What it permits is said in policy.json in the cluster's directory; the nodes notice when"
          + " that changes."
    })
public final class TokenCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--subject",
      paramLabel = "NAME",
      defaultValue = ClusterSettings.SUBJECT,
      description = "Whom it is for (default: ${DEFAULT-VALUE}).")
  private String subject = ClusterSettings.SUBJECT;

  @Option(
      names = "--groups",
      paramLabel = "GROUP",
      split = ",",
      description = "The groups they are in, separated by commas (default: none).")
  private List<String> groups = List.of();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "12h",
      converter = LifetimeConverter.class,
      description = "How long it is valid, e.g. 90s, 30m, 12h, 7d (default: ${DEFAULT-VALUE}).")
  private Duration lifetime = Duration.ofHours(12);

  @Option(
      names = "--audience",
      paramLabel = "NAME",
      defaultValue = ClusterSettings.AUDIENCE,
      description = "Which service it is for (default: ${DEFAULT-VALUE}, the cluster's).")
  private String audience = ClusterSettings.AUDIENCE;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The cluster's directory (default: the nearest .qv here or in a directory above).")
  private @Nullable Path data;

  @Mixin private final OutputFormat format = new OutputFormat();

  /// A number and its unit.
  static final class LifetimeConverter implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,7})([smhd])");

    /// A dev key is not made for longer.
    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public Duration convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException("expected a time such as 90s, 30m, 12h or 7d");
      }
      long number = Long.parseLong(matcher.group(1));
      Duration lifetime =
          switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          };
      if (lifetime.compareTo(LONGEST) > 0) {
        throw new TypeConversionException("expected at most " + LONGEST.toDays() + "d");
      }
      return lifetime;
    }
  }

  public TokenCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    ClusterFolder folder = DevCommand.folder(surroundings, data);
    TokenSigner.Claims claims = new TokenSigner.Claims(subject, groups, audience, lifetime);
    String token = new TokenSigner(folder, surroundings.clock()).sign(claims);
    if (format.isJson()) {
      Instant expires =
          surroundings.clock().instant().truncatedTo(ChronoUnit.SECONDS).plus(lifetime);
      OutputFormat.print(
          surroundings,
          JsonObject.builder()
              .with("token", token)
              .with("subject", subject)
              .with("groups", groups)
              .with("audience", audience)
              .with("expiresAt", expires.toString())
              .build());
    } else {
      surroundings.terminal().print(token);
    }
    return ExitCode.OK.number();
  }
}
