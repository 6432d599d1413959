package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdentityTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");

  @Test
  void each_role_has_one_form() {
    assertForm("urn:quorumvault:cell-1:node:1", PeerIdentity.node("cell-1", 1));
    assertForm("urn:quorumvault:a:node:255", PeerIdentity.node("a", 255));
    assertForm("urn:quorumvault:cell-1:api", PeerIdentity.api("cell-1"));
    assertForm("urn:quorumvault:cell-1:operator", PeerIdentity.operator("cell-1"));
    assertForm("urn:quorumvault:api:api", PeerIdentity.api("api"));
  }

  @Test
  void a_node_may_be_called_as_its_pod_is() {
    assertEquals(
        Optional.of(PeerIdentity.node("cell-1", 3)),
        PeerIdentity.ofUrn("urn:quorumvault:cell-1:node:node-3"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "urn:quorumvault:cell:node:node-0",
        "urn:quorumvault:cell:node:node-01",
        "urn:quorumvault:cell:node:node-256",
        "urn:quorumvault:cell:node:node-node-1",
        "urn:quorumvault:cell:node:node1",
        "urn:quorumvault:cell:node:pod-1",
        "urn:quorumvault:cell:node:x-node-1",
        "urn:quorumvault:cell:node:node-",
        "urn:quorumvault:cell:node:0",
        "urn:quorumvault:cell:node:01",
        "urn:quorumvault:cell:node:256",
        "urn:quorumvault:cell:node:-1",
        "urn:quorumvault:cell:node:1 ",
        "urn:quorumvault:cell:node:1\n",
        "urn:quorumvault:cell:node:",
        "urn:quorumvault:cell:node",
        "urn:quorumvault:cell:node:١",
        "urn:quorumvault:cell:API",
        "URN:quorumvault:cell:api",
        "urn:quorumvault:cell:api:1",
        "urn:quorumvault::api",
        "urn:quorumvault:-cell:api",
        "urn:quorumvault:cell-:api",
        "urn:quorumvault:Cell:api",
        "urn:quorumvault:ce.ll:api",
        "urn:other:cell:api",
        "https://quorumvault/cell/api",
      })
  void another_spelling_is_no_identity(String urn) {
    assertEquals(Optional.empty(), PeerIdentity.ofUrn(urn));
  }

  @Test
  void an_identity_that_has_no_form_cannot_be_made() {
    for (String cell : List.of("", "-", "A", "a:b", "x".repeat(64))) {
      assertThrows(IllegalArgumentException.class, () -> PeerIdentity.api(cell));
    }
    assertThrows(IllegalArgumentException.class, () -> PeerIdentity.node("cell", 0));
    assertThrows(IllegalArgumentException.class, () -> PeerIdentity.node("cell", 256));
  }

  @Test
  void a_certificate_speaks_for_its_only_uri() {
    PeerIdentity node = PeerIdentity.node("cell", 3);
    assertEquals(Optional.of(node), PeerIdentity.of(AUTHORITY.member(node).certificate()));
  }

  @Test
  void a_certificate_with_no_uri_or_two_or_another_speaks_for_nobody() {
    String urn = PeerIdentity.node("cell", 3).urn();
    assertEquals(Optional.empty(), PeerIdentity.of(AUTHORITY.certificate()));
    for (TestAuthority.Request request :
        List.of(
            AUTHORITY.request(),
            AUTHORITY.request().uri("https://example.org"),
            AUTHORITY.request().uri(urn).uri(urn),
            AUTHORITY.request().uri(urn).uri("https://example.org"),
            AUTHORITY.request().uri(urn).uri(PeerIdentity.api("cell").urn()),
            AUTHORITY.request().host(urn))) {
      assertEquals(Optional.empty(), PeerIdentity.of(request.issue().certificate()));
    }
  }

  private static void assertForm(String urn, PeerIdentity identity) {
    assertEquals(urn, identity.urn());
    assertEquals(Optional.of(identity), PeerIdentity.ofUrn(urn));
  }
}
