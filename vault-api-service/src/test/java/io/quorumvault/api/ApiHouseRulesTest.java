package io.quorumvault.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ApiHouseRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.quorumvault.api");

  @Test
  void the_rules_look_at_real_classes() {
    assertTrue(CLASSES.contain(Cell.class));
    assertTrue(CLASSES.get(Cell.class).getMethods().size() > 3);
  }

  @Test
  void only_nodes_knows_the_rest_client() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..api.nodes..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.microprofile.rest.client..")
        .check(CLASSES);
  }

  @Test
  void only_http_answers_http() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..api.http..", "..api.nodes..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.ws.rs..", "jakarta.json..")
        .check(CLASSES);
  }

  @Test
  void nothing_is_kept_on_a_disk() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.persistence..", "java.sql..", "java.nio.channels..")
        .check(CLASSES);
  }

  @Test
  void nodes_does_not_know_who_asks_through_it() {
    noClasses()
        .that()
        .resideInAPackage("..api.nodes..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.quorumvault.api", "..api.http..")
        .check(CLASSES);
    slices().matching("io.quorumvault.api.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void the_protocol_is_the_nodes_business() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "io\\.quorumvault\\.protocol\\.(Coordinator|Participant|ReadRound|Finish)")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("io.quorumvault.sharing..", "io.quorumvault.sealing..")
        .check(CLASSES);
  }

  @Test
  void nobody_waits_by_sleeping() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", java.time.Duration.class)
        .check(CLASSES);
  }
}
