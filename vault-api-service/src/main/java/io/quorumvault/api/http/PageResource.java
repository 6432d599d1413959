package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.api.ApiConfig;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;

/// The page for people: a handful of files that never change while the server runs, for anybody.
/// Nothing of the vault is in them. What the page shows it asks for as every client does, with the
/// token of whoever looks at it.
@Path("/ui")
@PermitAll
@ApplicationScoped
public class PageResource {
  /// What people type. The page refers to its files from the path without.
  static final String WITH_SLASH = "/ui/";

  /// Scripts and styles of ours alone and no text as markup, so that nothing which is shown can
  /// become a script; requests to this server alone; and the page in no frame, form or base of
  /// somebody else. Icons are what `img-src` is for.
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          CONTENT_SECURITY_POLICY,
          "Referrer-Policy",
          "no-referrer",
          "X-Frame-Options",
          "DENY",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          // Asked for again each time, and sent again only after it changed.
          HttpHeaders.CACHE_CONTROL,
          "no-cache");

  private final Map<String, PageFile> files;

  @Inject
  PageResource(ApiConfig config) {
    this.files = config.page() ? PageFile.all() : Map.of();
  }

  @GET
  @Operation(hidden = true)
  public Response getPage(@Context UriInfo uri, @Context Request request) {
    if (uri.getRequestUri().getRawPath().endsWith("/") && !files.isEmpty()) {
      return Response.status(Response.Status.PERMANENT_REDIRECT)
          .location(URI.create("../ui"))
          .build();
    }
    return file(PageFile.INDEX, uri, request);
  }

  @GET
  @Path("{file}")
  @Operation(hidden = true)
  public Response getFile(
      @PathParam("file") String name, @Context UriInfo uri, @Context Request request) {
    return file(name, uri, request);
  }

  private Response file(String name, UriInfo uri, Request request) {
    PageFile file = files.get(name);
    if (file == null) {
      throw Failures.ofStatus(FailureCode.RESOURCE_NOT_FOUND.status());
    }
    Query.checkNone(uri);
    Response.ResponseBuilder response = request.evaluatePreconditions(file.tag());
    if (response == null) {
      response = Response.ok(file.content().toArray(), file.type());
    }
    HEADERS.forEach(response::header);
    return response.tag(file.tag()).build();
  }
}
