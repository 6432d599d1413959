package io.quorumvault.dotenv.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quorumvault.dotenv.readers.Reader.Unreadable;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the real readers were seen to do with one line each, so that the small ones here deserve to
/// be believed. A column is `-` where the reader gives up or loses the variable.
class ReaderFactsTest {
  private static final List<Reader> READERS =
      List.of(
          new NodeReader(),
          new PythonReader(),
          new JavaReader(),
          new ComposeReader(),
          LineReader.docker(),
          LineReader.kube(),
          new ShellReader());

  @Test
  void blanks_around_the_equals_sign() {
    facts("A = b", "b", "b", "b", "b", "-", "-", "-");
    facts("A= b", "b", "b", "b", "b", " b", " b", "-");
    facts("A=b   ", "b", "b", "b", "b", "b   ", "b   ", "b");
    facts("export A=b", "b", "b", "-", "b", "-", "-", "b");
    facts("A: b", "b", "-", "-", "b", "-", "-", "-");
  }

  @Test
  void quotes() {
    facts("A='b c'", "b c", "b c", "'b c'", "b c", "'b c'", "'b c'", "b c");
    facts("A=\"b c\"", "b c", "b c", "b c", "b c", "\"b c\"", "\"b c\"", "b c");
    facts("A=`b c`", "b c", "`b c`", "`b c`", "`b c`", "`b c`", "`b c`", "-");
    facts("A=b c", "b c", "b c", "b c", "b c", "b c", "b c", "-");
  }

  @Test
  void comments() {
    facts("A=b # c", "b", "b", "b", "b", "b # c", "b # c", "b");
    facts("A=b#c", "b", "b#c", "b", "b#c", "b#c", "b#c", "b#c");
    facts("A=#b", "", "#b", "", "#b", "#b", "#b", "#b");
  }

  @Test
  void escapes_in_double_quotes() {
    facts("A=\"b\\nc\"", "b\nc", "b\nc", "b\\nc", "b\nc", "\"b\\nc\"", "\"b\\nc\"", "b\\nc");
    facts("A=\"b\\tc\"", "b\\tc", "b\tc", "b\\tc", "b\tc", "\"b\\tc\"", "\"b\\tc\"", "b\\tc");
    facts("A=\"b\\\\c\"", "b\\\\c", "b\\c", "b\\\\c", "b\\c", "\"b\\\\c\"", "\"b\\\\c\"", "b\\c");
    facts(
        "A=\"b\\\\nc\"",
        "b\\\nc",
        "b\\nc",
        "b\\\\nc",
        "b\\nc",
        "\"b\\\\nc\"",
        "\"b\\\\nc\"",
        "b\\nc");
    facts("A=\"b\\\"c\"", "b\\\"c", "b\"c", "b\\\"c", "b\"c", "\"b\\\"c\"", "\"b\\\"c\"", "b\"c");
  }

  @Test
  void values_over_two_lines() {
    facts("A=\"b\nc\"", "b\nc", "b\nc", "b\nc", "b\nc", "\"b", "-", "b\nc");
    facts("A='b\nc'", "b\nc", "b\nc", "-", "b\nc", "'b", "-", "b\nc");
    facts("A=\"b\r\nc\"", "b\nc", "b\nc", "b\nc", "b\r\nc", "\"b", "-", "b\r\nc");
  }

  @Test
  void variables_and_commands() {
    facts("X=1\nA=p${X}q", "p${X}q", "p1q", "p${X}q", "p1q", "p${X}q", "p${X}q", "p1q");
    facts(
        "X=1\nA='p${X}q'", "p${X}q", "p1q", "'p${X}q'", "p${X}q", "'p${X}q'", "'p${X}q'", "p${X}q");
    facts("X=1\nA=p$X", "p$X", "p$X", "p$X", "p1", "p$X", "p$X", "p1");
    facts("A=p$$q", "p$$q", "p$$q", "p$$q", "p$q", "p$$q", "p$$q", "-");
    facts(
        "A=$(echo hi)",
        "$(echo hi)",
        "$(echo hi)",
        "$(echo hi)",
        "$(echo hi)",
        "$(echo hi)",
        "$(echo hi)",
        "-");
  }

  @Test
  void line_ends_marks_and_names() {
    facts("A=b\r\n", "b", "b", "b", "b", "b", "b", "b\r");
    facts("A=b\nA=c", "c", "c", "c", "c", "c", "-", "c");
    facts("\uFEFFA=b", "b", "b", "-", "b", "b", "b", "-");
    facts(
        "A={\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "{\"x\": \"y\"}",
        "-");
    facts(
        "A=secret(NAME)",
        "secret(NAME)",
        "secret(NAME)",
        "secret(NAME)",
        "secret(NAME)",
        "secret(NAME)",
        "secret(NAME)",
        "-");
  }

  private static void facts(String file, String... expected) {
    for (int i = 0; i < READERS.size(); i++) {
      Reader reader = READERS.get(i);
      assertEquals(
          expected[i], read(reader, file), reader.getClass().getSimpleName() + " on " + file);
    }
  }

  private static String read(Reader reader, String file) {
    try {
      return reader.read(file).getOrDefault("A", "-");
    } catch (Unreadable e) {
      return "-";
    }
  }
}
