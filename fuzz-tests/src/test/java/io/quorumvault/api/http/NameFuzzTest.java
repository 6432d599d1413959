package io.quorumvault.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.VaultFailure;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.policy.Caller;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Any text as a name, against rules that are written out again here, one character at a time.
class NameFuzzTest {
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String DIGITS = "0123456789";
  private static final String NAME = LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + DIGITS + "_";

  @FuzzTest
  void a_name_is_what_the_rules_say_and_nothing_else(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    int kind = input.choice(4);
    String text = new String(input.restWithCanary(), StandardCharsets.UTF_8);
    switch (kind) {
      case 0 -> checkName(text);
      case 1 -> checkNamespace(text);
      case 2 -> checkSubject(text);
      default -> checkCursor(text);
    }
  }

  private static void checkName(String text) {
    boolean fit =
        consistsOf(text, NAME + ".-", 128) && !text.startsWith(".") && !text.startsWith("-");
    try {
      SecretName name = new SecretName(text);
      assertTrue(fit);
      assertEquals(text, name.text());
      // One name is one segment of one path, however a path is read.
      URI path = URI.create("/v1/namespaces/demo/secrets/" + name);
      assertEquals(path, path.normalize());
      assertEquals(text, path.getPath().substring(path.getPath().lastIndexOf('/') + 1));
    } catch (IllegalArgumentException refused) {
      assertTrue(!fit);
      FuzzInput.assertEchoesNothing(refused.toString());
    }
  }

  private static void checkNamespace(String text) {
    boolean fit =
        consistsOf(text, LOWER + DIGITS + "-", 63) && !text.startsWith("-") && !text.endsWith("-");
    try {
      assertEquals(text, Names.namespaceOfPath(text).text());
      assertTrue(fit);
    } catch (VaultFailure refused) {
      assertTrue(!fit);
      FuzzInput.assertEchoesNothing(refused + "" + refused.violations());
    }
  }

  /// A subject may be anything that stays on its line.
  private static void checkSubject(String text) {
    try {
      Caller caller = new Caller(text, Set.of());
      assertEquals(text, caller.subject());
      assertEquals(1, text.lines().count());
      assertTrue(text.codePoints().noneMatch(Character::isISOControl));
      assertTrue(text.length() <= Caller.NAME_CHARS_MAX);
    } catch (IllegalArgumentException refused) {
      FuzzInput.assertEchoesNothing(refused.toString());
    }
  }

  /// A cursor that is taken is the one this server would have given.
  private static void checkCursor(String text) {
    Namespace namespace = new Namespace("demo");
    Cursor list = Cursor.ofList(namespace, "a");
    Cursor history = Cursor.ofHistory(namespace, new SecretName("a"));
    Cursor audit = Cursor.ofAudit(namespace);
    List<Runnable> readings =
        List.of(
            () -> assertEquals(text, list.after(list.readAfter(text))),
            () -> assertEquals(text, history.below(history.readBelow(text))),
            () -> assertEquals(text, audit.before(audit.readBefore(text))));
    int taken = 0;
    for (Runnable reading : readings) {
      try {
        reading.run();
        taken++;
      } catch (VaultFailure refused) {
        FuzzInput.assertEchoesNothing(refused + "" + refused.violations());
      }
    }
    assertTrue(taken <= 1, "a cursor of one list was taken for another");
  }

  private static boolean consistsOf(String text, String characters, int longest) {
    return !text.isEmpty()
        && text.length() <= longest
        && Arrays.stream(text.split("")).allMatch(characters::contains);
  }
}
