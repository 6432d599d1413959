package io.quorumvault.api.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.util.List;

/// Takes a Content-Type that is none for one that nobody takes. JAX-RS would refuse it by itself,
/// before it is known who asks and without a problem document.
@Provider
@PreMatching
public class ContentTypeFilter implements ContainerRequestFilter {
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
      MediaType _ = MediaType.valueOf(text);
      return true;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
