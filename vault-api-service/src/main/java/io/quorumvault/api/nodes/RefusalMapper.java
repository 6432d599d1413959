package io.quorumvault.api.nodes;

import io.quorumvault.kit.CborBodies;
import io.quorumvault.wire.Refusal;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.ext.ResponseExceptionMapper;

/// Gives a node's refusal back as the failure it states.
///
/// What is not a refusal (an answer of the node's web server, or of something that is no node) says
/// nothing about the request and becomes a `ProcessingException`, like a connection that broke.
final class RefusalMapper implements ResponseExceptionMapper<RuntimeException> {
  @Override
  public boolean handles(int status, MultivaluedMap<String, Object> headers) {
    return status != Response.Status.OK.getStatusCode();
  }

  @Override
  public RuntimeException toThrowable(Response response) {
    if (!CborBodies.CBOR_TYPE.equals(response.getMediaType())) {
      return new ProcessingException("status " + response.getStatus() + " without a refusal");
    }
    return response.readEntity(Refusal.class).toFailure();
  }
}
