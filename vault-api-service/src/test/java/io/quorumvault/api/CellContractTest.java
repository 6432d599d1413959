package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.api.ApiClient.Reply;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The nodes as those see them who may see the audit log.
@HelidonTest
class CellContractTest extends ApiTest {
  private static final String CELL_PATH = "/v1/namespaces/demo/cell";

  private JsonObject cell() {
    Reply reply = dev().get(CELL_PATH);
    assertEquals(200, reply.status(), reply.text());
    return reply.json();
  }

  private static List<String> states(JsonObject cell) {
    return cell.getJsonArray("nodes").getValuesAs(JsonObject.class).stream()
        .map(node -> node.getInt("node") + " " + node.getString("state"))
        .toList();
  }

  @Test
  void a_cell_that_is_well_says_so_with_its_numbers() {
    JsonObject cell = cell();
    assertEquals(FakeCell.THRESHOLD, cell.getInt("threshold"));
    assertEquals(3, cell.getInt("writeQuorum"));
    assertEquals(2, cell.getInt("shareMargin"));
    assertEquals(List.of("1 active", "2 active", "3 active", "4 active", "5 active"), states(cell));
    assertEquals(
        Set.of("node", "state", "sharesLacking"),
        cell.getJsonArray("nodes").getJsonObject(0).keySet());
  }

  @Test
  void every_node_has_a_word_for_how_it_is() {
    CELL.node(1).down();
    CELL.node(2).is(new FakeNode.Mood.Joining());
    CELL.node(3).is(new FakeNode.Mood.Refusing(FailureCode.RESOURCE_NOT_FOUND, Phase.VOTING));
    CELL.node(4).is(new FakeNode.Mood.Hanging());
    JsonObject cell = cell();
    assertEquals(List.of("1 away", "2 inactive", "3 refusing", "4 away", "5 active"), states(cell));
    assertFalse(cell.getJsonArray("nodes").getJsonObject(0).containsKey("sharesLacking"));
  }

  @Test
  void the_share_margin_is_the_least_that_any_node_met_and_missing_if_nobody_read() {
    CELL.node(4).met(-1);
    CELL.node(5).met(null);
    assertEquals(-1, cell().getInt("shareMargin"));
    CELL.nodes().forEach(node -> node.met(null));
    assertFalse(cell().containsKey("shareMargin"));
  }

  @Test
  void with_no_node_left_it_is_a_refusal_and_not_a_made_up_cell() {
    CELL.nodes().forEach(FakeNode::down);
    assertEquals("insufficient-shares", dev().get(CELL_PATH).problem());
  }

  @Test
  void each_node_judges_the_caller_s_own_token() {
    JsonObject _ = cell();
    for (FakeNode node : CELL.nodes()) {
      assertEquals(1, node.heard().size());
      assertTrue(String.valueOf(node.heard().getFirst().authorization()).startsWith("Bearer ey"));
    }
  }

  @Test
  void who_may_not_see_the_audit_log_sees_no_node() {
    assertEquals("forbidden", as(FakeCell.TWIN).get(CELL_PATH).problem());
    assertEquals("forbidden", as(FakeCell.READER).get(CELL_PATH).problem());
    assertEquals("namespace-not-found", as(FakeCell.STRANGER).get(CELL_PATH).problem());
    assertEquals("unauthenticated", nobody().get(CELL_PATH).problem());
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }
}
