package io.quorumvault.api.http;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.adapter.JsonbAdapter;
import jakarta.json.bind.config.PropertyOrderStrategy;
import jakarta.ws.rs.ext.ContextResolver;
import jakarta.ws.rs.ext.Provider;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/// How answers are written: the one JSON-B of the public edge.
@Provider
public final class Json implements ContextResolver<Jsonb> {
  /// RFC 3339 in UTC, always with milliseconds, so that times compare as texts.
  private static final DateTimeFormatter INSTANT =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final Jsonb JSONB =
      JsonbBuilder.create(
          new JsonbConfig()
              .withPropertyOrderStrategy(PropertyOrderStrategy.ANY)
              .withNullValues(false)
              .withAdapters(new InstantText()));

  @Override
  public Jsonb getContext(Class<?> type) {
    return JSONB;
  }

  static byte[] bytes(Record body) {
    return JSONB.toJson(body).getBytes(StandardCharsets.UTF_8);
  }

  /// Times as callers see them.
  public static final class InstantText implements JsonbAdapter<Instant, String> {
    @Override
    public String adaptToJson(Instant instant) {
      return INSTANT.format(instant);
    }

    @Override
    public Instant adaptFromJson(String text) {
      return Instant.parse(text);
    }
  }
}
