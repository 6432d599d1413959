package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.quorumvault.api.ApiClient.Reply;
import io.quorumvault.api.ContractDocument.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The page for people as it is served: static, bounded, for anybody, and unable to do more than
/// ask this server. How it looks and works in a browser is for the system tests.
@HelidonTest
class PageTest extends ApiTest {
  private static final String PAGE = "/ui";

  private static final Path SOURCES = Path.of("src/main/resources/io/quorumvault/api/http/page");

  /// All files together: what a slow line takes a moment for.
  private static final int BYTES_MAX = 96 << 10;

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=utf-8",
          "css", "text/css;charset=utf-8",
          "js", "text/javascript;charset=utf-8",
          "svg", "image/svg+xml");

  @AfterEach
  void no_node_was_asked() {
    assertTrue(CELL.nodes().stream().allMatch(node -> node.heard().isEmpty()));
  }

  private static List<String> names() {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<String> paths() {
    return Stream.concat(Stream.of(PAGE), names().stream().map(name -> PAGE + "/" + name)).toList();
  }

  private static String source(String name) {
    try {
      return Files.readString(SOURCES.resolve(name));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void every_file_of_it_is_served_to_anybody_with_its_type_and_what_keeps_it_harmless() {
    int bytes = 0;
    for (String path : paths()) {
      Reply reply = nobody().get(path);
      String name = path.equals(PAGE) ? "index.html" : path.substring(PAGE.length() + 1);
      assertEquals(200, reply.status(), path + reply);
      assertEquals(source(name), reply.text());
      assertEquals(
          Optional.ofNullable(TYPES.get(name.substring(name.indexOf('.') + 1))),
          reply.header("Content-Type"),
          path);
      assertEquals(Optional.of("nosniff"), reply.header("X-Content-Type-Options"));
      assertEquals(Optional.of("no-referrer"), reply.header("Referrer-Policy"));
      assertEquals(Optional.of("DENY"), reply.header("X-Frame-Options"));
      assertEquals(Optional.of("same-origin"), reply.header("Cross-Origin-Opener-Policy"));
      assertEquals(Optional.of("same-origin"), reply.header("Cross-Origin-Resource-Policy"));
      assertFalse(reply.header("X-Request-Id").isEmpty());
      assertTrue(reply.header("Set-Cookie").isEmpty());
      bytes += path.equals(PAGE) ? 0 : reply.text().length();
    }
    assertTrue(bytes <= BYTES_MAX, "the page has " + bytes + " bytes");
  }

  @Test
  void scripts_and_styles_are_its_own_and_nothing_else_is_allowed() {
    String policy = nobody().get(PAGE).header("Content-Security-Policy").orElse("");
    assertEquals(
        Set.of(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'"),
        new HashSet<>(Arrays.asList(policy.split("; ", -1))));
    for (String path : paths()) {
      assertEquals(
          List.of(policy), nobody().get(path).headers().get("content-security-policy"), path);
    }
  }

  @Test
  void it_is_asked_for_again_each_time_and_sent_again_only_when_it_changed() {
    Set<String> tags = new TreeSet<>();
    for (String path : paths()) {
      Reply first = nobody().get(path);
      assertEquals(List.of("no-cache"), first.headers().get("cache-control"), path);
      String tag = first.header("ETag").orElseThrow(() -> new AssertionError("no ETag: " + path));
      assertTrue(tag.matches("\"[0-9a-f]{32}\""), tag);
      tags.add(tag);
      Reply again = nobody().with("If-None-Match", tag).get(path);
      assertEquals(304, again.status(), path);
      assertEquals("", again.text());
      assertEquals(Optional.of(tag), again.header("ETag"));
      assertEquals(
          first.header("Content-Security-Policy"), again.header("Content-Security-Policy"));
      assertEquals(200, nobody().with("If-None-Match", "\"0\"").get(path).status());
    }
    assertEquals(names().size(), tags.size());
  }

  @Test
  void what_is_no_file_of_it_is_not_there() {
    for (String path :
        List.of(
            "/ui/x",
            "/ui/package-info.java",
            "/ui/INDEX.html",
            "/ui/index.html/",
            "/ui//",
            "/ui//index.html",
            "/UI",
            "/ui.html",
            "/ui/page/index.html",
            "/ui/../ui/index.html",
            "/ui/..",
            "/ui/%2e%2e/v1/status",
            "/ui/..%2fui%2findex.html",
            "/ui/%2e%2e%2f%2e%2e%2fapplication.yaml",
            "/ui/..%5cindex.html",
            "/ui/..%2f..%2fMETA-INF%2fmicroprofile-config.properties",
            "/ui/%00",
            "/ui/index.html%00.js",
            "/ui/index.html;v=1",
            "/ui/PageFile.class",
            "/ui/.")) {
      Reply reply = nobody().rawRequest("GET " + path, "");
      assertTrue(List.of(400, 404).contains(reply.status()), path + reply);
      assertFalse(reply.problem().isEmpty(), path);
    }
    assertEquals("resource-not-found", nobody().get("/ui/x").problem());
  }

  @Test
  void with_a_slash_people_are_sent_to_where_it_is() {
    Reply reply = nobody().rawRequest("GET /ui/", "");
    assertEquals(308, reply.status(), reply.toString());
    assertEquals(Optional.of("../ui"), reply.header("Location"));
  }

  @Test
  void it_takes_no_query_so_that_nothing_secret_is_ever_put_there() {
    for (String path : paths()) {
      assertEquals("invalid-request", nobody().get(path + "?token=x").problem(), path);
    }
  }

  @Test
  void it_is_read_and_nothing_else() {
    for (String path : paths()) {
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")) {
        Reply reply = nobody().rawRequest(method + " " + path, "");
        assertEquals(405, reply.status(), method + path);
        assertEquals(Optional.of("GET"), reply.header("Allow"), method);
      }
    }
  }

  @Test
  void no_operation_of_the_contract_is_below_it_and_each_still_wants_its_token() {
    for (Operation operation : ContractDocument.servedTo(nobody()).operations()) {
      assertFalse(operation.path().startsWith(PAGE), operation.path());
    }
    assertEquals("unauthenticated", nobody().get("/v1/namespaces/ui/secrets").problem());
  }

  @Test
  void nothing_stands_in_it_that_its_own_policy_would_forbid() {
    String html = source("index.html");
    assertFalse(Pattern.compile("<style|\\sstyle=|\\son[a-z]+=|javascript:").matcher(html).find());
    Matcher script = Pattern.compile("<script([^>]*)>([^<]*)</script>").matcher(html);
    while (script.find()) {
      assertTrue(String.valueOf(script.group(1)).contains("src=\"ui/"));
      assertEquals("", script.group(2));
    }
    for (String name : names()) {
      String text = source(name).replace("http://www.w3.org/2000/svg", "");
      assertFalse(Pattern.compile("(?i)https?:|//[a-z]|@import|url\\(").matcher(text).find(), name);
    }
  }

  @Test
  void text_becomes_markup_nowhere_and_the_token_is_kept_nowhere() {
    Pattern never =
        Pattern.compile(
            "innerHTML|outerHTML|insertAdjacent|document\\.write|createContextualFragment|DOMParser"
                + "|eval\\(|new Function|Storage|indexedDB|cookie|dataset|console\\.|postMessage"
                + "|import\\(|history\\.(push|replace)State");
    Set<String> asking = new TreeSet<>();
    for (String name : names()) {
      if (name.endsWith(".js")) {
        Matcher found = never.matcher(source(name));
        assertFalse(found.find(), name);
        if (source(name).contains("fetch(")) {
          asking.add(name);
        }
      }
    }
    assertEquals(Set.of("vault.js"), asking);
    assertFalse(Pattern.compile("export (let|const|var) token").matcher(source("vault.js")).find());
  }

  @Test
  void a_token_that_comes_along_is_not_looked_at() {
    Reply reply = nobody().with("Authorization", "Bearer nonsense").get(PAGE);
    assertEquals(200, reply.status());
    assertNotEquals("", reply.text());
  }

  @Test
  void what_the_page_refers_to_is_there() {
    Set<String> referred =
        Stream.concat(
                Pattern.compile("(?:src|href)=\"ui/([^\"]+)\"")
                    .matcher(source("index.html"))
                    .results(),
                names().stream()
                    .filter(name -> name.endsWith(".js"))
                    .flatMap(name ->
                        Pattern.compile("from \"\\./([^\"]+)\"").matcher(source(name)).results()))
            .map(found -> String.valueOf(found.group(1)))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> there = new TreeSet<>(names());
    there.remove("index.html");
    assertEquals(there, referred);
  }
}
