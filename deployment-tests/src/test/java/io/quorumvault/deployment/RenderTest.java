package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All other tests look at what the overlays were recorded to render to, so that they run without
/// `kubectl`; this one keeps the record true. `-Drender.record` writes it anew.
class RenderTest {
  /// Older ones know another kustomize.
  private static final int MINOR_MIN = 27;

  private static final Pattern VERSION = Pattern.compile("Client Version: v1\\.([0-9]+)");

  private static Tool kubectl() throws IOException, InterruptedException {
    Tool kubectl = Tool.require("kubectl", "Debian 13: kubernetes-client");
    Tool.Result version = kubectl.run(Project.ROOT, new byte[0], "version", "--client");
    Matcher minor = VERSION.matcher(version.out());
    if (!minor.find() || Integer.parseInt(minor.group(1)) < MINOR_MIN) {
      Tool.notRun("kubectl is older than 1." + MINOR_MIN);
    }
    return kubectl;
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "prod", "monitoring"})
  void an_overlay_renders_always_to_the_same_and_as_recorded(String overlay)
      throws IOException, InterruptedException {
    Tool kubectl = kubectl();
    String once = render(kubectl, overlay);
    assertEquals(once, render(kubectl, overlay));
    Path record = Project.rendered(overlay);
    if (System.getProperty("render.record") != null) {
      Files.writeString(record, once);
    }
    // As documents: the layout is up to the version of kubectl.
    assertEquals(
        Manifests.documents(Files.readString(record)),
        Manifests.documents(once),
        overlay + ": record it with -Drender.record");
  }

  private static String render(Tool kubectl, String overlay)
      throws IOException, InterruptedException {
    return kubectl
        .run(Project.ROOT, new byte[0], "kustomize", Project.overlay(overlay).toString())
        .expectSuccess("kubectl kustomize " + overlay);
  }
}
