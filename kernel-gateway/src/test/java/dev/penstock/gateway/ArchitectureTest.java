package dev.penstock.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules that keep the parts apart; each with its reason. */
class ArchitectureTest {
  private static JavaClasses gateway;

  @BeforeAll
  static void read() {
    gateway =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.penstock.gateway");
  }

  @Test
  void classesWereReallyRead() {
    assertThat(gateway.size()).isGreaterThan(50);
  }

  @Test
  void noJeroMq() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.zeromq..", "zmq..")
        .because(
            "all JeroMQ lives in protocol's zmq package, so that it can be guarded and replaced there")
        .check(gateway);
  }

  @Test
  void noCycles() {
    slices()
        .matching("dev.penstock.gateway.(*)..")
        .should()
        .beFreeOfCycles()
        .because("a part that cannot be understood alone cannot be replaced alone")
        .check(gateway);
  }

  @Test
  void sessionsKnowNoDoorAndNoPlacement() {
    noClasses()
        .that()
        .resideInAPackage("..session..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..door..", "..placement..", "..control..")
        .because(
            "a session has many doors and one truth, and does not know where its worker is (design, 2 and 9)")
        .check(gateway);
  }

  @Test
  void onlyMainSpeaksToTheTerminal() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.penstock.gateway.Main")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .because(
            "a resident process has no terminal: what it has to say goes to the structured log")
        .check(gateway);
  }

  @Test
  void packagesAreNullMarked() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith("org.jspecify.annotations.NullMarked")
        .because("null checks are on for marked packages only")
        .check(gateway);
  }
}
