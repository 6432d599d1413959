package io.quorumvault.storage.peers;

import io.quorumvault.Limits;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.client.ClientResponseContext;
import jakarta.ws.rs.client.ClientResponseFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.logging.Logger;

/// How far another node's clock is from this one's, by the `Date` of its answers (RFC 9110, section
/// 6.6.1). That has whole seconds, so only what is beyond one is told. Nothing is decided by it.
/// Safe for use by any number of threads.
public final class PeerClock implements ClientRequestFilter, ClientResponseFilter {
  private static final Logger LOG = Logger.getLogger(PeerClock.class.getName());

  /// Cut to a second.
  private static final Duration DATE_AGE_MAX = Duration.ofSeconds(1);

  private static final String SENT = PeerClock.class.getName();

  private final String node;
  private final InstantSource clock;
  private volatile double aheadSeconds = Double.NaN;
  private volatile boolean alarmed;

  /// @param node for the log
  public PeerClock(String node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public void filter(ClientRequestContext request) {
    request.setProperty(SENT, clock.instant());
  }

  @Override
  public void filter(ClientRequestContext request, ClientResponseContext response) {
    Date date = response.getDate();
    if (date != null && request.getProperty(SENT) instanceof Instant sent) {
      heard(sent, date.toInstant(), clock.instant());
    }
  }

  /// @param said the node's time when it answered, or up to `DATE_AGE_MAX` before
  void heard(Instant sent, Instant said, Instant received) {
    Instant saidAtMost = said.plus(DATE_AGE_MAX);
    Duration ahead =
        said.isAfter(received)
            ? Duration.between(received, said)
            : saidAtMost.isBefore(sent) ? Duration.between(sent, saidAtMost) : Duration.ZERO;
    aheadSeconds = ahead.toMillis() / 1000.0;
    boolean alarm = ahead.abs().compareTo(Limits.CLOCK_SKEW_ALARM) > 0;
    if (alarm != alarmed) {
      alarmed = alarm;
      LOG.warning(() ->
          alarm
              ? "the clock of "
                  + node
                  + " differs from this one's by "
                  + ahead.abs().toSeconds()
                  + " s or more"
              : "the clock of " + node + " agrees with this one's again");
    }
  }

  /// Negative if the node's clock is behind, 0 while they may agree; not a number before it was
  /// heard.
  public double aheadSeconds() {
    return aheadSeconds;
  }
}
