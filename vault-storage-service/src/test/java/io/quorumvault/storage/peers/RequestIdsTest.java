package io.quorumvault.storage.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The ids of requests arrive with the items they belong to, and nothing else does.
class RequestIdsTest {
  @Test
  void each_item_gets_its_own() {
    String header = RequestIds.joined(List.of("r-1", "-", "r-3"));
    assertEquals(List.of("r-1", "-", "r-3"), RequestIds.split(header, 3));
  }

  @Test
  void the_nodes_own_business_is_told_nothing_of() {
    assertNull(RequestIds.joined(List.of("-", "-")));
    assertEquals(List.of("-", "-"), RequestIds.split(null, 2));
  }

  @Test
  void a_header_has_a_bound_and_items_beyond_it_go_without() {
    List<String> ids = Collections.nCopies(256, "i".repeat(128));
    String header = Objects.requireNonNull(RequestIds.joined(ids));
    assertTrue(header.length() <= RequestIds.CHARS_MAX);
    List<String> split = RequestIds.split(header, 256);
    assertEquals(256, split.size());
    assertEquals(ids.getFirst(), split.getFirst());
    assertEquals("-", split.getLast());
  }

  @Test
  void what_no_node_sends_is_no_id() {
    assertEquals(List.of("-", "b"), RequestIds.split("a\"b,b", 2));
    assertEquals(List.of("a"), RequestIds.split("a,b", 1));
    assertEquals(List.of("-", "-"), RequestIds.split("x".repeat(RequestIds.CHARS_MAX + 1), 2));
    assertEquals(List.of("-", "-"), RequestIds.split("", 2));
  }
}
