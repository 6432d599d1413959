package io.quorumvault;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.quorumvault.secret.SecretValue;
import java.io.IOException;
import java.io.Serializable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The manners of the core, checked on its class files.
final class HouseRulesTest {
  private static final String HALLWAY = "io.quorumvault";
  private static final String ROOMS = "io.quorumvault.*..";
  private static final String SECRET = "io.quorumvault.secret..";
  private static final String SHARING = "io.quorumvault.sharing..";
  private static final String SEALING = "io.quorumvault.sealing..";
  private static final String PROTOCOL = "io.quorumvault.protocol..";

  private static final Path MAIN_FOLDER = folderOf(SecretValue.class);
  private static final Path TEST_FOLDER = folderOf(HouseRulesTest.class);

  private static final JavaClasses CORE = new ClassFileImporter().importPath(MAIN_FOLDER);
  private static final JavaClasses CORE_AND_TESTS =
      new ClassFileImporter().importPaths(MAIN_FOLDER, TEST_FOLDER);

  /// A library too old for our class files reads none of them, and then every rule below holds.
  @Test
  void the_rules_look_at_real_classes() throws IOException {
    assertEquals(classFilesIn(MAIN_FOLDER), CORE.size());
    assertEquals(classFilesIn(MAIN_FOLDER) + classFilesIn(TEST_FOLDER), CORE_AND_TESTS.size());

    JavaClass value = CORE.get(SecretValue.class);
    assertTrue(value.tryGetMethod("exposeCopy").isPresent());
    assertTrue(
        value.getMethodCallsFromSelf().stream()
            .anyMatch(call -> call.getTarget().getOwner().isEquivalentTo(MessageDigest.class)));
    ArchRule broken =
        noClasses().should().dependOnClassesThat().areAssignableTo(MessageDigest.class);
    assertTrue(broken.evaluate(CORE).hasViolation());
  }

  @Test
  void the_core_knows_only_the_jdk() {
    holds(
        classes()
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    "io.quorumvault..", "java..", "javax.crypto..", "org.jspecify..")));
  }

  @Test
  void only_sealing_knows_ciphers() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(SEALING)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("javax.crypto.."));
  }

  @Test
  void the_hallway_opens_onto_the_rooms_and_knows_none() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(HALLWAY)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOMS));
  }

  @Test
  void secret_and_sharing_know_the_hallway_only_and_sealing_those_three() {
    holds(onlyKnows(SECRET, HALLWAY));
    holds(onlyKnows(SHARING, HALLWAY));
    holds(onlyKnows(SEALING, HALLWAY, SECRET, SHARING));
  }

  @Test
  void rooms_form_no_cycle() {
    holds(slices().matching("io.quorumvault.(*)..").should().beFreeOfCycles());
  }

  @Test
  void the_core_reads_no_clock() {
    holds(
        noClasses()
            .should()
            .accessTargetWhere(
                target("java\\.lang\\.System", "currentTimeMillis|nanoTime")
                    .or(target("java\\.time\\..*", "now|systemUTC|systemDefaultZone|system|tick.*"))
                    .or(target("java\\.util\\.(Date|GregorianCalendar)", "<init>"))
                    .or(target("java\\.util\\.Calendar", "getInstance"))));
  }

  @Test
  void the_core_starts_no_thread() {
    holds(
        noClasses()
            .should()
            .dependOnClassesThat(
                have(
                    nameMatching(
                        "java\\.lang\\.(Thread|ThreadGroup|Process|ProcessBuilder|Runtime)(\\$.*)?"
                            + "|java\\.util\\.Timer"
                            + "|java\\.util\\.concurrent\\.(\\w*Executor\\w*|ForkJoin\\w*"
                            + "|Completable\\w*|FutureTask|StructuredTaskScope)(\\$.*)?")))
            .orShould()
            .accessTargetWhere(target("java\\.util\\..*", "parallel|parallelStream")));
  }

  @Test
  void the_core_opens_no_file_and_no_socket() {
    holds(
        noClasses()
            .should()
            .dependOnClassesThat(
                have(
                    nameMatching(
                        "java\\.io\\.(File.*|RandomAccessFile)"
                            + "|java\\.nio\\.(file|channels)\\..*"
                            + "|java\\.net\\.(.*Socket.*|URL|URLConnection|http\\..*)"))));
  }

  @Test
  void the_protocol_rolls_no_dice() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(
                have(
                    nameMatching(
                        "java\\.security\\.SecureRandom.*"
                            + "|java\\.util\\.(Random|SplittableRandom)"
                            + "|java\\.util\\.random\\..*"
                            + "|java\\.util\\.concurrent\\.ThreadLocalRandom")))
            .orShould()
            .accessTargetWhere(target("java\\.lang\\.Math", "random"))
            .orShould()
            .accessTargetWhere(target("java\\.util\\.UUID", "randomUUID"))
            .orShould()
            .accessTargetWhere(target("java\\.util\\.Collections", "shuffle"))
            .allowEmptyShould(true));
  }

  @Test
  void the_protocol_carries_shares_and_never_opens_one() {
    holds(
        noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(
                have(
                    nameMatching(
                        "io\\.quorumvault\\.sharing\\.(Shamir|Gf256)"
                            + "|io\\.quorumvault\\.sealing\\.(Sealer|Payload|Sealed|Opened)")))
            .orShould()
            .accessTargetWhere(target("io\\.quorumvault\\.sharing\\.Share", "exposeCopy"))
            .orShould()
            .accessTargetWhere(target("io\\.quorumvault\\.secret\\.SecretValue", "exposeCopy"))
            .allowEmptyShould(true));
  }

  @Test
  void the_core_knows_no_predictable_randomness() {
    // SecureRandom is a subclass of Random, hence by name and not by type.
    holds(
        noClasses()
            .should()
            .dependOnClassesThat(
                have(
                    nameMatching(
                        "java\\.util\\.(Random|SplittableRandom)"
                            + "|java\\.util\\.random\\..*"
                            + "|java\\.util\\.concurrent\\.ThreadLocalRandom")))
            .orShould()
            .accessTargetWhere(target("java\\.lang\\.Math", "random")));
  }

  @Test
  void nobody_sleeps_not_even_a_test() {
    noClasses()
        .should()
        .accessTargetWhere(
            target("java\\.lang\\.Thread", "sleep")
                .or(target("java\\.util\\.concurrent\\.TimeUnit", "sleep")))
        .check(CORE_AND_TESTS);
  }

  @Test
  void nothing_is_named_after_its_lack_of_a_name() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Base")
        .check(CORE_AND_TESTS);
  }

  @Test
  void what_is_wiped_when_closed_chooses_its_own_words_and_is_not_serialised() {
    holds(
        classes()
            .that()
            .areAssignableTo(AutoCloseable.class)
            .and()
            .areNotInterfaces()
            .should(declareTheirOwnToString())
            .andShould()
            .notBeAssignableTo(Serializable.class));
    assertTrue(
        CORE.that(describe("are closeable", type -> type.isAssignableTo(AutoCloseable.class)))
            .contain(SecretValue.class));
  }

  private static void holds(ArchRule rule) {
    rule.check(CORE);
  }

  private static ArchRule onlyKnows(String room, String... others) {
    DescribedPredicate<JavaClass> elsewhere =
        resideInAPackage("io.quorumvault..")
            .and(not(resideInAPackage(room)))
            .and(not(resideInAnyPackage(others)));
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat(elsewhere.as("reside in no room of %s", Set.of(others)));
  }

  private static DescribedPredicate<JavaClass> nameMatching(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return describe("a name matching " + regex, type -> pattern.matcher(type.getName()).matches());
  }

  /// Calls and method references alike.
  private static DescribedPredicate<JavaAccess<?>> target(String owner, String name) {
    Pattern ownerPattern = Pattern.compile(owner);
    Pattern namePattern = Pattern.compile(name);
    return describe(
        owner + "#" + name,
        access ->
            ownerPattern.matcher(access.getTargetOwner().getName()).matches()
                && namePattern.matcher(access.getTarget().getName()).matches());
  }

  private static ArchCondition<JavaClass> declareTheirOwnToString() {
    return new ArchCondition<>("declare their own toString") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean own = writesItsOwnToString(type);
        events.add(
            new SimpleConditionEvent(type, own, type.getName() + (own ? " does" : " does not")));
      }
    };
  }

  /// A record always has a `toString` in its class file; the generated one is known by calling
  /// nothing, since the JDK fills it in at run time.
  private static boolean writesItsOwnToString(JavaClass type) {
    return type.tryGetMethod("toString")
        .map(method -> !type.isRecord() || !method.getAccessesFromSelf().isEmpty())
        .orElse(false);
  }

  private static long classFilesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".class")).count();
    }
  }

  private static Path folderOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
