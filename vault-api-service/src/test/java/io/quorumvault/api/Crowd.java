package io.quorumvault.api;

import java.util.ArrayList;
import java.util.List;

/// As many requests under way as may be, so that one more is too many; gone when closed.
final class Crowd implements AutoCloseable {
  private final List<Admission.Place> present = new ArrayList<>();

  Crowd(Admission admission) {
    // A request gives its place back a moment after its answer has arrived.
    Await.until(
        "every place is taken",
        () -> {
          for (var place = admission.enter(); place.isPresent(); place = admission.enter()) {
            present.add(place.get());
          }
          return admission.underWay() == present.size();
        });
  }

  @Override
  public void close() {
    present.forEach(place -> place.leave(Admission.End.REFUSED));
  }
}
