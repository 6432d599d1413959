package io.quorumvault.api;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.quorumvault.policy.Caller;
import java.time.Duration;

/// How often each caller may ask, so that one that runs wild takes its own share of the cell and
/// not everybody's. A token bucket for each subject, in this server's memory: with several servers
/// behind one address a caller has as many shares.
///
/// Safe for use by any number of threads.
public final class CallerRates {
  /// Requests a second, in the long run. A workload reads its secrets when it starts and now and
  /// then again; this many a second is a loop that nobody watches.
  static final int PER_SECOND = 500;

  /// So many seconds' worth may come at once: all replicas of a service start together, under one
  /// subject.
  private static final int BURST_SECONDS = 4;

  /// Subjects remembered. Each costs some hundred bytes. One that is forgotten while others crowd
  /// it out has a full bucket when it comes back; to get there takes as many valid tokens.
  private static final int CALLERS_MAX = 10_000;

  private final LoadingCache<String, Bucket> buckets;

  /// @param perSecond at least 1
  public CallerRates(int perSecond) {
    this(perSecond, TimeMeter.SYSTEM_NANOTIME);
  }

  CallerRates(int perSecond, TimeMeter clock) {
    long burst = (long) perSecond * BURST_SECONDS;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(CALLERS_MAX)
            // By then it is full again, as a new one is.
            .expireAfterAccess(Duration.ofSeconds(BURST_SECONDS))
            .ticker(ticker(clock))
            .build(subject -> bucket(burst, perSecond, clock));
  }

  private static Ticker ticker(TimeMeter clock) {
    return clock::currentTimeNanos;
  }

  /// A bucket that is full, and fills again at that rate.
  static Bucket bucket(long most, long perSecond, TimeMeter clock) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(most).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }

  /// Takes one request's worth.
  ///
  /// @return whether there was any left
  public boolean take(Caller caller) {
    return buckets.get(caller.subject()).tryConsume(1);
  }
}
