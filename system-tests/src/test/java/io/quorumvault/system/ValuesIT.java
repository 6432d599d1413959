package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@ClusterTest(ClusterTest.Kind.HEALTHY)
@Order(3)
final class ValuesIT {
  private static final int VALUE_BYTES_MAX = 1 << 20;

  @Test
  void every_byte_value_comes_back_as_base64(VaultCluster cluster) {
    byte[] value = new byte[1024];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i < 256 ? i : i * 31 + i / 256);
    }
    VaultClient client = cluster.client();
    client.create("values-bytes", value).expect(201);
    client.get("values-bytes").expectValue(value);
    assertEquals("base64", client.get("values-bytes").json().getString("encoding"));
    for (int single = 0; single < 256; single += 51) {
      byte[] one = {(byte) single};
      client.update("values-bytes", one).expect(200);
      client.get("values-bytes").expectValue(one);
    }
  }

  @Test
  void every_byte_that_text_can_have_comes_back_as_text(VaultCluster cluster) {
    StringBuilder text = new StringBuilder();
    for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x900 ? 1 : 0x7f) {
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        text.appendCodePoint(point);
      }
    }
    TreeSet<Integer> bytes = new TreeSet<>();
    for (byte each : text.toString().getBytes(StandardCharsets.UTF_8)) {
      bytes.add(each & 0xff);
    }
    // All but the thirteen that UTF-8 never uses (RFC 3629).
    assertEquals(243, bytes.size());
    VaultClient client = cluster.client();
    client.create("values-text", text.toString()).expect(201);
    Answer read = client.get("values-text").expect(200);
    assertEquals("utf-8", read.json().getString("encoding"));
    assertEquals(text.toString(), read.json().getString("value"));
  }

  @Test
  void a_value_of_one_mebibyte_comes_back_and_one_byte_more_is_refused(VaultCluster cluster) {
    VaultClient client = cluster.client();
    byte[] most = new byte[VALUE_BYTES_MAX];
    new Random(1).nextBytes(most);
    client.create("values-large", most).expect(201);
    client.get("values-large").expectValue(most);

    Map<String, Long> before = client.everything();
    byte[] more = Arrays.copyOf(most, VALUE_BYTES_MAX + 1);
    client.create("values-larger", more).expectProblem(413, "payload-too-large");
    client.update("values-large", more).expectProblem(413, "payload-too-large");
    client
        .create("values-larger", "x".repeat(VALUE_BYTES_MAX + 1))
        .expectProblem(413, "payload-too-large");
    client
        .create("values-larger", "ß".repeat(VALUE_BYTES_MAX / 2) + "x")
        .expectProblem(413, "payload-too-large");
    assertEquals(before, client.everything());

    String text = "ß".repeat(VALUE_BYTES_MAX / 2);
    client.update("values-large", text).expect(200);
    assertEquals(text, client.get("values-large").expect(200).json().getString("value"));
    client.getVersion("values-large", 1).expectValue(most);
  }

  @Test
  void one_mebibyte_comes_back_however_long_its_json_is(VaultCluster cluster) {
    // Each character is six in JSON, so the body is the longest that a legal request can have.
    String text = "\u0001".repeat(VALUE_BYTES_MAX);
    VaultClient client = cluster.client();
    client.create("values-escaped", text).expect(201);
    assertEquals(text, client.get("values-escaped").expect(200).json().getString("value"));
  }

  @Test
  void a_body_longer_than_any_value_needs_is_refused_before_it_is_read(VaultCluster cluster) {
    VaultClient client = cluster.client();
    byte[] body = new byte[8 * VALUE_BYTES_MAX];
    Arrays.fill(body, (byte) ' ');
    try (RawConnection connection = RawConnection.to(cluster.described().api())) {
      // Announced and not sent: the answer comes without it.
      String head =
          connection.exchange(
              "POST "
                  + client.secrets()
                  + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
                  + cluster.described().token()
                  + "\r\nContent-Type: application/json\r\nContent-Length: "
                  + body.length
                  + "\r\n\r\n");
      assertEquals("HTTP/1.1 413", head.substring(0, 12));
    }
  }

  @Test
  void values_that_look_like_something_else_are_only_values(VaultCluster cluster) {
    List<String> values =
        new ArrayList<>(
            List.of(
                " ",
                "null",
                "true",
                "0",
                "{\"name\":\"x\"}",
                "\r\n\r\n",
                "'; DROP TABLE entry; --",
                "${jndi:ldap://127.0.0.1/a}",
                "%00",
                "\\u0000",
                "\uFEFFmarked",
                "e\u0301 and \u00e9",
                "\uD83D\uDE00"));
    VaultClient client = cluster.client();
    for (int i = 0; i < values.size(); i++) {
      String name = "values-odd-" + i;
      client.create(name, values.get(i)).expect(201);
      assertEquals(values.get(i), client.get(name).expect(200).json().getString("value"));
    }
  }

  @Test
  void a_body_that_comes_in_chunks_is_a_body(VaultCluster cluster) {
    VaultClient client = cluster.client();
    try (RawConnection connection = RawConnection.to(cluster.described().api())) {
      String json = "{\"name\":\"values-chunks\",\"value\":\"in three parts\"}";
      StringBuilder request =
          new StringBuilder(
              "POST "
                  + client.secrets()
                  + " HTTP/1.1\r\nHost: vault\r\nAuthorization: Bearer "
                  + cluster.described().token()
                  + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (String chunk :
          List.of(json.substring(0, 9), json.substring(9, 20), json.substring(20))) {
        request
            .append(Integer.toHexString(chunk.length()))
            .append("\r\n")
            .append(chunk)
            .append("\r\n");
      }
      assertEquals("HTTP/1.1 201", connection.exchange(request + "0\r\n\r\n").substring(0, 12));
    }
    assertEquals("in three parts", client.get("values-chunks").expect(200).valueText());
  }

  @Test
  void each_version_keeps_its_own_encoding(VaultCluster cluster) {
    VaultClient client = cluster.client();
    byte[] bytes = {0, (byte) 0xff, 1};
    client.create("values-encoding", "text").expect(201);
    client.update("values-encoding", bytes).expect(200);
    assertEquals("text", client.getVersion("values-encoding", 1).expect(200).valueText());
    client.getVersion("values-encoding", 2).expectValue(bytes);
    assertEquals(
        Optional.of("base64"),
        Optional.of(client.get("values-encoding").expect(200).json().getString("encoding")));
  }
}
