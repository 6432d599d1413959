package io.quorumvault.storage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class StorageHouseRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.quorumvault.storage");

  @Test
  void the_rules_look_at_real_classes() {
    assertTrue(CLASSES.contain(NodeRuntime.class));
    assertTrue(CLASSES.get(NodeRuntime.class).getMethods().size() > 3);
  }

  @Test
  void only_the_ledger_knows_jpa_and_jdbc() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..storage.ledger..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.persistence..", "java.sql..", "org.hsqldb..")
        .check(CLASSES);
  }

  @Test
  void only_peers_and_the_one_who_puts_the_node_together_know_the_rest_client() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..storage.peers..")
        .and()
        .doNotBelongToAnyOf(NodeRuntime.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.microprofile.rest.client..")
        .check(CLASSES);
  }

  @Test
  void only_http_answers_http() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..storage.http..", "..storage.peers..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jakarta.ws.rs..")
        .check(CLASSES);
  }

  @Test
  void http_does_not_reach_past_its_host() {
    noClasses()
        .that()
        .resideInAPackage("..storage.http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..storage.ledger..")
        .check(CLASSES);
  }

  @Test
  void inner_rooms_do_not_know_the_outer_ones() {
    classes()
        .that()
        .resideInAnyPackage("..storage.ledger..", "..storage.peers..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages("io.quorumvault.storage", "..storage.http..")
        .check(CLASSES);
    slices().matching("io.quorumvault.storage.(*)..").should().beFreeOfCycles().check(CLASSES);
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
