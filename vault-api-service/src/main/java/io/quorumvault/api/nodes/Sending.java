package io.quorumvault.api.nodes;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/// Whether a request has begun to leave, settled between the thread that sends it and the one that
/// waits: either the sender commits first, and the outcome of a wait that runs out is unknown, or
/// the waiter abandons first, and the request never leaves.
///
/// The default connector of the REST client connects (the TLS handshake included) when the first
/// byte of a body is written, and ends the request when the whole body is there: before the last
/// chunk, a node has no request. In front of that stands the interceptor here.
final class Sending {
  static final ScopedValue<Sending> CURRENT = ScopedValue.newInstance();

  private enum State {
    CONNECTING,
    COMMITTED,
    ABANDONED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.CONNECTING);

  /// Called by the waiter when its time is up.
  ///
  /// @return whether nothing has left, and nothing will
  boolean abandon() {
    return state.compareAndSet(State.CONNECTING, State.ABANDONED) || state.get() == State.ABANDONED;
  }

  boolean committed() {
    return state.get() == State.COMMITTED;
  }

  private void commit() throws IOException {
    if (!state.compareAndSet(State.CONNECTING, State.COMMITTED)) {
      throw new IOException("the request was abandoned before it was sent");
    }
  }

  /// Commits once the connection stands and the body is complete.
  static final class Gate implements WriterInterceptor {
    @Override
    public void aroundWriteTo(WriterInterceptorContext context)
        throws IOException, WebApplicationException {
      context.proceed();
      if (CURRENT.isBound()) {
        CURRENT.get().commit();
      }
    }
  }
}
