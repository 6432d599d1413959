package io.quorumvault.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where a command reads and writes, and whether a person sits there.
///
/// @param input standard input
/// @param output results, byte for byte
/// @param messages what is said to a person: progress, failures, hints
/// @param inputIsTerminal whether reading `input` means waiting for someone to type
/// @param outputIsTerminal whether `output` is shown to someone
/// @param messagesAreTerminal whether `messages` are shown to someone as they come
/// @param hiddenPrompt reads one line without showing it
public record Terminal(
    InputStream input,
    PrintStream output,
    PrintStream messages,
    boolean inputIsTerminal,
    boolean outputIsTerminal,
    boolean messagesAreTerminal,
    HiddenPrompt hiddenPrompt) {

  /// Reads one line that is not shown while it is typed.
  @FunctionalInterface
  public interface HiddenPrompt {
    /// @return the characters typed, which the caller wipes; empty when there is no way to hide
    ///   them, or the input ended
    Optional<char[]> read(String prompt);
  }

  /// The terminal of this process. Java cannot tell which of its streams are terminals, so the `qv`
  /// script does, in the properties `qv.terminal.input`, `qv.terminal.output` and
  /// `qv.terminal.messages`; started without it, all count as terminals exactly when the console
  /// does.
  static Terminal ofProcess() {
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        flag("qv.terminal.input"),
        flag("qv.terminal.output"),
        flag("qv.terminal.messages"),
        Terminal::readHidden);
  }

  private static boolean flag(String property) {
    String said = System.getProperty(property);
    return said == null ? console().isPresent() : Boolean.parseBoolean(said);
  }

  private static Optional<char[]> readHidden(String prompt) {
    return console().map(console -> console.readPassword("%s", prompt));
  }

  /// The console when a person sits at it. Depending on the release and the provider, Java gives
  /// none or one that is no terminal when input or output is redirected.
  @SuppressWarnings("SystemConsoleNull") // With JDK 25's own provider it is null again.
  private static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  /// One line to the person.
  public void say(String line) {
    messages.println(printable(line));
  }

  /// One line of the result.
  public void print(String line) {
    output.println(printable(line));
  }

  /// `text` without the control characters through which a server, a log or a name could steer the
  /// reader's terminal. Line ends and tabs stay.
  private static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(point -> Character.isISOControl(point) && point != '\n' && point != '\t' ? '?' : point)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
