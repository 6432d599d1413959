package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.readers.HostileValues;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.testing.Gen;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Anything whatever is planned and written, in every mode and dialect.
///
/// `-Ddotenv.fuzz.inputs=10000000` looks at so many inputs, and then bounds the processor time of
/// each as well; a failure names the input's seed, which `-Ddotenv.fuzz.seed=N` starts from.
class DotenvFuzzTest {
  private static final Long ASKED_FOR = Long.getLong("dotenv.fuzz.inputs");
  private static final long INPUTS = ASKED_FOR == null ? 200_000 : ASKED_FOR;
  private static final long FIRST_SEED = Long.getLong("dotenv.fuzz.seed", 1);

  /// The compiler of the JVM is done with the hot code by then.
  private static final long WARM_UP = 100_000;

  private static final long CPU_NANOS_MAX = 100_000_000;
  private static final long ALLOCATED_BYTES_MAX = 16 << 20;

  /// For the largest files, which can have a false reference in every fifth character. Most of it
  /// is garbage at once.
  private static final long ALLOCATED_BYTES_PER_CHAR = 72;

  /// Each character is looked at for UTF-8, NUL, places, line ends, quotes, blanks and references;
  /// a place is found within a block of characters.
  private static final long LOOKS_MAX = 40;

  @Test
  void no_text_is_too_odd_and_none_costs_much() {
    Tally tally = new Tally();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + INPUTS; seed++) {
      Gen gen = new Gen(seed);
      String text = FuzzedFile.next(gen);
      EnvMode mode = gen.pick(EnvMode.values());
      Dialect dialect = gen.pick(Dialect.values());
      String value = HostileValues.next(gen) + (gen.oneIn(2) ? FuzzedFile.CANARY : "");
      EnvTask task =
          new EnvTask(
              text,
              gen.oneIn(2) ? Env.secrets(Map.of("Y", value)) : Map.of(),
              mode,
              dialect,
              gen.oneIn(2));
      try {
        Work work = new Work(task, value);
        Measured cost = Measured.of(work);
        work.check();
        tally.count(work, cost, seed);
        assertTrue(cost.allocatedBytes() <= ALLOCATED_BYTES_MAX, cost::toString);
        if (ASKED_FOR != null && seed - FIRST_SEED > WARM_UP) {
          assertTrue(cost.cpuNanos() <= CPU_NANOS_MAX, cost::toString);
        }
      } catch (RuntimeException | AssertionError bug) {
        throw new AssertionError(
            "seed " + seed + ", " + mode + ", " + dialect + ": " + quoted(text), bug);
      }
      if (ASKED_FOR != null && (seed - FIRST_SEED + 1) % 1_000_000 == 0) {
        tally.print();
      }
    }
    assertTrue(tally.refused > INPUTS / 10, "refused " + tally.refused);
    assertTrue(tally.planned > INPUTS / 10, "planned " + tally.planned);
    assertTrue(tally.rendered > INPUTS / 10, "rendered " + tally.rendered);
    tally.print();
  }

  @Test
  void monotonous_files_are_looked_at_a_bounded_number_of_times() {
    for (String file : FuzzedFile.monotonous(1 << 18)) {
      Counted counted = new Counted(file);
      DotenvFile parsed = DotenvParser.parse(file, counted);
      assertTrue(
          counted.looks <= LOOKS_MAX * file.length(),
          () -> counted.looks / file.length() + " looks at each of " + quoted(file) + parsed);
    }
  }

  /// In the long run these are files of the largest size; what is in proportion for a smaller one
  /// is known from the looks at it.
  @Test
  void monotonous_files_cost_no_more_than_others() {
    int chars = ASKED_FOR == null ? 1 << 17 : Limits.ENV_BYTES_MAX;
    List<Dialect> dialects =
        ASKED_FOR == null ? List.of(Dialect.PORTABLE) : List.of(Dialect.values());
    Measured slowest = new Measured(0, 0);
    Measured largest = slowest;
    for (String file : FuzzedFile.monotonous(chars)) {
      for (Dialect dialect : dialects) {
        EnvTask task = new EnvTask(file, Map.of(), EnvMode.OPEN, dialect, false);
        Measured cost = Measured.of(new Work(task, "it's"));
        String what = dialect + " " + cost + " " + quoted(file);
        long most = ALLOCATED_BYTES_MAX + ALLOCATED_BYTES_PER_CHAR * file.length();
        assertTrue(cost.allocatedBytes() <= most, what);
        if (ASKED_FOR != null && cost.cpuNanos() > CPU_NANOS_MAX) {
          System.out.println("again " + what);
          cost = Measured.of(new Work(task, "it's"));
          assertTrue(cost.cpuNanos() <= CPU_NANOS_MAX, what);
        }
        slowest = cost.cpuNanos() > slowest.cpuNanos() ? cost : slowest;
        largest = cost.allocatedBytes() > largest.allocatedBytes() ? cost : largest;
      }
    }
    System.out.println("monotonous files: slowest " + slowest + ", largest " + largest);
  }

  /// One input through all of the core.
  private static final class Work implements Runnable {
    final EnvTask task;
    private final String value;
    private final SecretValue secret;
    @Nullable EnvPlanning planning;
    @Nullable Rendering rendering;

    Work(EnvTask task, String value) {
      this.task = task;
      this.value = value;
      this.secret = Env.value(value);
    }

    @Override
    public void run() {
      EnvPlanning planned = EnvPlan.of(task, bytes -> Arrays.fill(bytes, (byte) 7));
      planning = planned;
      if (planned instanceof EnvPlan plan) {
        Map<SecretRead, SecretValue> resolved = new HashMap<>();
        plan.reads().forEach(read -> resolved.put(read, secret));
        rendering = plan.render(resolved);
        plan.close();
      }
    }

    void check() {
      DotenvFile file = DotenvParser.parse(task.content());
      checkEntries(file);
      checkProblems(file.problems());
      if (planning instanceof EnvRefusal refusal) {
        checkProblems(refusal.problems());
      } else {
        assertEquals(List.of(), file.problems());
      }
      switch (rendering) {
        case null -> {}
        case EnvRefusal refusal -> {
          checkProblems(refusal.problems());
          refusal
              .problems()
              .forEach(problem ->
                  assertFalse(problem.toString().contains(value) && value.length() > 12));
        }
        case RenderedFile rendered -> {
          boolean changes =
              file.bindings().stream()
                  .anyMatch(b -> !b.references().isEmpty() || !b.escapes().isEmpty());
          if (!changes) {
            assertEquals(task.content(), Env.text(rendered));
          }
        }
      }
    }

    private void checkEntries(DotenvFile file) {
      int behind = 0;
      for (Binding binding : file.bindings()) {
        assertTrue(behind <= binding.start(), binding::toString);
        assertTrue(binding.start() < binding.quotedStart(), binding::toString);
        assertTrue(binding.valueStart() <= binding.valueEnd(), binding::toString);
        assertTrue(binding.quotedEnd() <= binding.end(), binding::toString);
        int inside = binding.valueStart();
        for (Reference reference : binding.references()) {
          assertTrue(inside <= reference.start(), binding::toString);
          assertTrue(reference.start() < reference.end(), binding::toString);
          inside = reference.end();
        }
        assertTrue(inside <= binding.valueEnd(), binding::toString);
        for (int escape : binding.escapes()) {
          assertEquals('\\', task.content().charAt(escape));
        }
        behind = binding.end();
      }
      assertTrue(behind <= task.content().length(), file::toString);
    }

    private void checkProblems(List<DotenvProblem> problems) {
      long lines = task.content().chars().filter(c -> c == '\n').count() + 1;
      assertTrue(problems.size() <= Limits.ENV_PROBLEMS_MAX);
      for (DotenvProblem problem : problems) {
        assertTrue(problem.place().line() <= lines, problem::toString);
        assertTrue(problem.place().column() <= task.content().length() + 1, problem::toString);
        assertFalse(
            (problem + problem.message() + problem.violation()).contains(FuzzedFile.CANARY));
      }
    }
  }

  private static final class Tally {
    long inputs;
    long refused;
    long planned;
    long rendered;
    long slowestNanos;
    long slowestSeed;
    long mostBytes;
    long totalNanos;

    void count(Work work, Measured cost, long seed) {
      inputs++;
      if (work.planning instanceof EnvPlan) {
        planned++;
      } else {
        refused++;
      }
      if (work.rendering instanceof RenderedFile) {
        rendered++;
      }
      totalNanos += cost.cpuNanos();
      mostBytes = Math.max(mostBytes, cost.allocatedBytes());
      if (inputs > WARM_UP && cost.cpuNanos() > slowestNanos) {
        slowestNanos = cost.cpuNanos();
        slowestSeed = seed;
      }
    }

    void print() {
      System.out.printf(
          "%,d inputs: %,d refused, %,d planned, %,d rendered; %,d us each; slowest %,d us (seed %d),"
              + " most memory %,d KiB%n",
          inputs,
          refused,
          planned,
          rendered,
          totalNanos / inputs / 1000,
          slowestNanos / 1000,
          slowestSeed,
          mostBytes >> 10);
    }
  }

  /// A text that counts how often its characters are looked at.
  private static final class Counted implements CharSequence {
    private final String text;
    long looks;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      looks++;
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      looks += end - start;
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static String quoted(String text) {
    String start = text.length() > 1000 ? text.substring(0, 60) + "... of " + text.length() : text;
    return '"' + start.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") + '"';
  }
}
