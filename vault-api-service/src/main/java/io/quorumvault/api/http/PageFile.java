package io.quorumvault.api.http;

import io.quorumvault.Bytes;
import jakarta.ws.rs.core.EntityTag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

/// A file of the page, as it is in this build.
///
/// @param type its media type
/// @param tag of its content, so that a new build is noticed
record PageFile(String type, Bytes content, EntityTag tag) {
  static final String INDEX = "index.html";

  private static final String SCRIPT = "text/javascript;charset=utf-8";

  /// Every file there is. A name is looked up here and nowhere else, so none leads outside.
  private static final Map<String, String> TYPES =
      Map.of(
          INDEX,
          "text/html;charset=utf-8",
          "page.css",
          "text/css;charset=utf-8",
          "icon.svg",
          "image/svg+xml",
          "page.js",
          SCRIPT,
          "vault.js",
          SCRIPT,
          "elements.js",
          SCRIPT,
          "cell.js",
          SCRIPT,
          "audit.js",
          SCRIPT,
          "secrets.js",
          SCRIPT,
          "contract.js",
          SCRIPT);

  /// By name.
  static Map<String, PageFile> all() {
    return TYPES.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Map.Entry::getKey, entry -> read(entry.getKey(), entry.getValue())));
  }

  private static PageFile read(String name, String type) {
    try (InputStream in = PageFile.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the page lacks " + name);
      }
      byte[] content = in.readAllBytes();
      String digest =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
      return new PageFile(type, Bytes.copyOf(content), new EntityTag(digest.substring(0, 32)));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }
}
