package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.quorumvault.dotenv.readers.ComposeReader;
import io.quorumvault.dotenv.readers.DotenvxReader;
import io.quorumvault.dotenv.readers.HostileValues;
import io.quorumvault.dotenv.readers.JavaReader;
import io.quorumvault.dotenv.readers.LineReader;
import io.quorumvault.dotenv.readers.NodeReader;
import io.quorumvault.dotenv.readers.PythonReader;
import io.quorumvault.dotenv.readers.Reader;
import io.quorumvault.dotenv.readers.Reader.Unreadable;
import io.quorumvault.dotenv.readers.ShellReader;
import io.quorumvault.testing.Gen;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The promise: a file comes back right for the reader it is meant for, or is refused.
class RoundTripTest {
  private static final int FILES = 3_000;

  private static final List<Reader> PORTABLE =
      List.of(
          new NodeReader(),
          new DotenvxReader(),
          new PythonReader(),
          new ComposeReader(),
          new ShellReader());

  private static List<Reader> readersOf(Dialect dialect) {
    return switch (dialect) {
      case PORTABLE -> PORTABLE;
      case POSIX -> List.of(new ShellReader());
      case COMPOSE -> List.of(new ComposeReader());
      case DOCKER -> List.of(LineReader.docker());
      case KUBE -> List.of(LineReader.kube());
      case NODE -> List.of(new NodeReader());
      case PYTHON -> List.of(new PythonReader());
      case JAVA -> List.of(new JavaReader());
      case RAW -> List.of();
    };
  }

  /// What became of the files of one dialect.
  private static final class Count {
    int opened;
    int read;
    int unreadable;
  }

  @Test
  void hostile_values_in_clean_files_are_read_back_or_refused() {
    Map<Dialect, Count> counts = openMany(true);
    counts.forEach((dialect, count) ->
        assertTrue(count.opened > FILES / 20, dialect + " opened " + count.opened));
    for (Dialect dialect :
        List.of(Dialect.PORTABLE, Dialect.POSIX, Dialect.COMPOSE, Dialect.NODE, Dialect.PYTHON)) {
      assertEquals(0, count(counts, dialect).unreadable, dialect + " was left unread");
    }
  }

  @Test
  void hostile_values_in_odd_files_change_nothing_else_or_are_refused() {
    Map<Dialect, Count> counts = openMany(false);
    counts.forEach((dialect, count) -> {
      assertTrue(count.opened > FILES / 50, dialect + " opened " + count.opened);
      if (dialect != Dialect.RAW) {
        assertTrue(count.read > FILES / 50, dialect + " was read " + count.read);
      }
    });
  }

  private static Map<Dialect, Count> openMany(boolean clean) {
    Map<Dialect, Count> counts = new EnumMap<>(Dialect.class);
    for (Dialect dialect : Dialect.values()) {
      counts.put(dialect, new Count());
    }
    Gen.forAll(
        FILES,
        gen -> {
          AuthoredFile file = AuthoredFile.next(gen, clean);
          List<String> secrets = new ArrayList<>();
          for (int i = 0; i < AuthoredFile.SECRETS; i++) {
            secrets.add(gen.oneIn(3) ? gen.text("abcXYZ019/:@", 1, 9) : HostileValues.next(gen));
          }
          for (Dialect dialect : Dialect.values()) {
            open(file, dialect, secrets, clean, count(counts, dialect));
          }
        });
    return counts;
  }

  private static Count count(Map<Dialect, Count> counts, Dialect dialect) {
    return counts.getOrDefault(dialect, new Count());
  }

  private static void open(
      AuthoredFile file, Dialect dialect, List<String> secrets, boolean clean, Count count)
      throws Unreadable {
    String source = file.source();
    String opened = opened(source, dialect, secrets, clean);
    if (opened == null) {
      return;
    }
    count.opened++;
    if (dialect == Dialect.RAW) {
      assertEquals(file.plain(secrets), opened);
    }
    String model = file.model(dialect);
    boolean lineEndsAreFree =
        (dialect == Dialect.PORTABLE || dialect == Dialect.PYTHON) && source.contains("\r\n");
    for (Reader reader : readersOf(dialect)) {
      Map<String, String> expected;
      try {
        expected = filled(reader.read(model), file, secrets, lineEndsAreFree);
      } catch (Unreadable notForThisReader) {
        count.unreadable++;
        continue;
      }
      count.read++;
      String what =
          dialect + " " + reader.getClass().getSimpleName() + "\n" + source + "\n---\n" + opened;
      Map<String, String> actual = new TreeMap<>();
      try {
        reader
            .read(opened)
            .forEach((name, value) -> actual.put(name, lineEnds(value, lineEndsAreFree)));
        if (clean || !actual.equals(expected)) {
          Map<String, String> literally =
              clean
                  ? expected
                  : filled(reader.read(file.literalModel()), file, secrets, lineEndsAreFree);
          assertEquals(literally, actual, what);
        }
      } catch (Unreadable e) {
        if (clean || isReadable(reader, file.literalModel())) {
          fail(what + "\n---\n" + e.getMessage());
        }
      }
    }
  }

  private static boolean isReadable(Reader reader, String file) {
    try {
      reader.read(file);
      return true;
    } catch (Unreadable e) {
      return false;
    }
  }

  private static Map<String, String> filled(
      Map<String, String> model, AuthoredFile file, List<String> secrets, boolean lineEndsAreFree) {
    Map<String, String> filled = new TreeMap<>();
    // Behind an odd line a reader may take a part of a value for a name.
    model.forEach((name, value) ->
        filled.put(
            file.filled(name, secrets), lineEnds(file.filled(value, secrets), lineEndsAreFree)));
    return filled;
  }

  /// Readers make different things of the author's own CRLF in quotes.
  private static String lineEnds(String value, boolean free) {
    return free ? value.replace("\r\n", "\n") : value;
  }

  private static @Nullable String opened(
      String source, Dialect dialect, List<String> secrets, boolean clean) {
    Map<String, String> named = new TreeMap<>();
    for (int i = 0; i < secrets.size(); i++) {
      named.put("S" + i, secrets.get(i));
    }
    return opened(source, dialect, named, clean);
  }

  private static @Nullable String opened(
      String source, Dialect dialect, Map<String, String> named, boolean clean) {
    Rendering rendering =
        switch (Env.plan(Env.task(source, EnvMode.OPEN, dialect, Map.of()))) {
          case EnvRefusal refusal -> refusal;
          case EnvPlan plan -> {
            try (plan) {
              yield Env.render(plan, named);
            }
          }
        };
    if (rendering instanceof EnvRefusal refusal) {
      for (DotenvProblem problem : refusal.problems()) {
        if (clean || problem.kind().code() != DotenvProblem.Code.ENV_SYNTAX) {
          assertEquals("env-not-representable", problem.code(), source);
        }
      }
      return null;
    }
    return Env.text(rendering);
  }

  @Test
  void a_sealed_file_is_opened_again_to_what_it_was() {
    int[] same = {0};
    Gen.forAll(
        FILES,
        gen -> {
          // Values of which the author's form is the one that the dialect chooses too.
          String value = gen.text("abcXYZ019/:@%+,=._-", 1, 12);
          String spaced = value + gen.pick("", " b", " #c", ";d", "&");
          String inSingle = "'" + spaced + gen.pick("", "$x", "\"") + "'";
          String around = gen.pick("# c\n", "", "\n", "Q=b # it\n", "P='b c'\n");
          String lineEnd = gen.pick("\n", "\n", "\n\n", " # c\n");
          String plain =
              around + "A=" + value + lineEnd + "B=" + inSingle + "\nC=\"" + spaced + "\""
                  + lineEnd;
          String sealing = plain + "U=enc(A)\nV='enc(B)'\nW=\"enc(C)\"\n";
          for (Dialect dialect : List.of(Dialect.PORTABLE, Dialect.POSIX, Dialect.COMPOSE)) {
            Map<String, String> created = Env.creations(sealing, dialect, Map.of());
            String sealed = Env.seal(sealing, dialect, Map.of());
            assertEquals(sealed, Env.seal(sealed, dialect, Map.of()));
            String opened = Env.open(sealed, dialect, created);
            assertEquals(plain, opened.substring(0, opened.indexOf("U=")), sealed);
            for (Reader reader : readersOf(dialect)) {
              Map<String, String> variables = reader.read(opened);
              assertEquals(variables.get("A"), variables.get("U"));
              assertEquals(variables.get("B"), variables.get("V"));
              assertEquals(variables.get("C"), variables.get("W"));
            }
            same[0]++;
          }
        });
    assertTrue(same[0] >= FILES);
  }

  @Test
  void hostile_values_are_sealed_and_opened_to_themselves() {
    Gen.forAll(
        FILES,
        gen -> {
          String value = HostileValues.next(gen);
          String file = gen.pick("A=enc(X)\n", "A='enc(X)'\n", "A=\"enc(X)\"\n");
          for (Dialect dialect : Dialect.values()) {
            Map<String, String> created = Env.creations(file, dialect, Map.of("X", value));
            assertEquals(Map.of("X", value), created);
            String sealed = Env.seal(file, dialect, Map.of("X", value));
            assertEquals(sealed, Env.seal(sealed, dialect, Map.of()));
            String opened = opened(sealed, dialect, Map.of("X", value), true);
            if (opened != null) {
              for (Reader reader : readersOf(dialect)) {
                assertEquals(Map.of("A", value), reader.read(opened), dialect + " " + opened);
              }
            }
          }
        });
  }

  @Test
  void a_file_without_references_is_copied_byte_for_byte() {
    Gen.forAll(
        FILES,
        gen -> {
          String file = AuthoredFile.next(gen, false).withoutReferences();
          for (Dialect dialect : Dialect.values()) {
            for (EnvMode mode : EnvMode.values()) {
              switch (Env.plan(Env.task(file, mode, dialect, Map.of()))) {
                case EnvRefusal refusal ->
                    assertEquals("env-syntax", refusal.problems().getFirst().code());
                case EnvPlan plan -> {
                  assertEquals(file, Env.text(Env.render(plan, Map.of())));
                  plan.close();
                }
              }
            }
          }
        });
  }
}
