package io.quorumvault.api.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/// Takes a Content-Type that is none for one that nobody takes. JAX-RS would refuse it by itself,
/// before it is known who asks and without a problem document. One with a quality, which only an
/// Accept has, is none either: Jersey reads it, and fails if it is no number from 0 to 1.
@Provider
@PreMatching
public class ContentTypeFilter implements ContainerRequestFilter {
  private static final String QUALITY = "q";
  private static final String NOT_A_TYPE = "application/x-malformed";

  @Override
  public void filter(ContainerRequestContext request) {
    List<String> sent = request.getHeaders().get(HttpHeaders.CONTENT_TYPE);
    if (sent != null && (sent.size() != 1 || !isType(sent.getFirst()))) {
      request.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, NOT_A_TYPE);
    }
  }

  private static boolean isType(String text) {
    try {
      return !MediaType.valueOf(text).getParameters().containsKey(QUALITY);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
