package dev.penstock.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {

  private static final String ROOT = "dev.penstock.protocol";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void enoughClassesAreScanned() {
    assertThat(CLASSES.size()).isGreaterThan(40);
  }

  @Test
  void jeroMqStaysInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".zmq")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.zeromq..", "zmq..")
        .because("JeroMQ needs guards on every socket, and may be replaced")
        .check(CLASSES);
  }

  @Test
  void bouncyCastleStaysBehindTheSigner() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".wire")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bouncycastle..")
        .because("signing is decided in one place")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .because("each package can then be read and tested alone")
        .check(CLASSES);
  }

  @Test
  void knowsNothingOfTheGateway() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.penstock.gateway..")
        .because("any Java program can use this module alone")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    JavaPackage root = CLASSES.getPackage(ROOT);
    assertThat(root.getSubpackagesInTree())
        .hasSizeGreaterThanOrEqualTo(5)
        .allSatisfy(p -> assertThat(p.isAnnotatedWith(NullMarked.class)).as(p.getName()).isTrue());
    assertThat(root.isAnnotatedWith(NullMarked.class)).isTrue();
  }

  @Test
  void nothingWritesToStandardStreams() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .because("a library logs; its user owns the streams")
        .check(CLASSES);
  }
}
