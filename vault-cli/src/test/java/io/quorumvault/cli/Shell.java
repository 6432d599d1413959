package io.quorumvault.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs `qv` in this JVM as a shell would: with an environment, a directory, an input and two
/// outputs. Everything has a default but the point of the test.
public final class Shell {
  private final Map<String, String> environment = new HashMap<>();
  private Path directory;
  private Path home;
  private byte[] input = new byte[0];
  private boolean inputIsTerminal;
  private boolean outputIsTerminal;
  private boolean messagesAreTerminal;
  private boolean canHide = true;
  private Clock clock = Clock.systemUTC();
  private final Deque<String> typed = new ArrayDeque<>();

  private Shell(Path directory) {
    this.directory = directory;
    this.home = directory;
  }

  public static Shell in(Path directory) {
    return new Shell(directory);
  }

  /// What a command left behind.
  public static final class Ended {
    private final int exitCode;
    private final byte[] output;
    private final String messages;

    private Ended(int exitCode, byte[] output, String messages) {
      this.exitCode = exitCode;
      this.output = output;
      this.messages = messages;
    }

    public int exitCode() {
      return exitCode;
    }

    public byte[] outputBytes() {
      return output.clone();
    }

    public String output() {
      return new String(output, StandardCharsets.UTF_8);
    }

    public String messages() {
      return messages;
    }

    /// Everything a person could see.
    public String everything() {
      return output() + messages;
    }
  }

  public Shell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Shell cd(Path other) {
    directory = other;
    return this;
  }

  public Shell home(Path other) {
    home = other;
    return this;
  }

  public Shell clock(Clock other) {
    clock = other;
    return this;
  }

  public Shell input(String text) {
    return input(text.getBytes(StandardCharsets.UTF_8));
  }

  public Shell input(byte[] bytes) {
    input = bytes;
    return this;
  }

  /// A person at the keyboard, who types these lines.
  public Shell typing(String... lines) {
    inputIsTerminal = true;
    typed.addAll(List.of(lines));
    return this;
  }

  /// A keyboard that cannot be read without showing what is typed.
  public Shell withoutHiding() {
    inputIsTerminal = true;
    canHide = false;
    return this;
  }

  public Shell showing() {
    outputIsTerminal = true;
    return this;
  }

  /// Somebody reads the messages as they come.
  public Shell watching() {
    messagesAreTerminal = true;
    return this;
  }

  public Ended run(String... arguments) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    return run(output, output, arguments);
  }

  /// With standard output going nowhere good.
  public Ended runInto(OutputStream broken, String... arguments) {
    return run(broken, new ByteArrayOutputStream(), arguments);
  }

  private Ended run(OutputStream target, ByteArrayOutputStream kept, String... arguments) {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(input),
            new PrintStream(target, false, StandardCharsets.UTF_8),
            new PrintStream(messages, true, StandardCharsets.UTF_8),
            inputIsTerminal,
            outputIsTerminal,
            messagesAreTerminal,
            prompt ->
                canHide
                    ? Optional.ofNullable(typed.poll()).map(String::toCharArray)
                    : Optional.empty());
    int exitCode =
        Qv.run(new Surroundings(environment, directory, home, terminal, clock), arguments);
    return new Ended(exitCode, kept.toByteArray(), messages.toString(StandardCharsets.UTF_8));
  }
}
