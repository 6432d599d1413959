package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.microprofile.testing.AddConfig;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where nobody wants the page there is none.
@HelidonTest
@AddConfig(key = "vault.api.page", value = "false")
class PageTurnedOffTest extends ApiTest {
  @Test
  void there_is_no_page_and_everything_else_is_as_it_was() {
    for (String path : List.of("/ui", "/ui/", "/ui/index.html", "/ui/page.js", "/ui/x")) {
      assertEquals("resource-not-found", nobody().get(path).problem(), path);
    }
    assertEquals(200, nobody().get("/v1/status").status());
    assertEquals(200, dev().get("/v1/namespaces/demo/cell").status());
  }
}
