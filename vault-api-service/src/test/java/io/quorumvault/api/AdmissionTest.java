package io.quorumvault.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.api.Admission.End;
import io.quorumvault.api.Admission.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private static final long BODY_BYTES = 1 << 20;

  private final AtomicLong nanos = new AtomicLong();
  private final Admission admission = new Admission(Admission.REQUESTS_MAX, BODY_BYTES, nanos::get);

  /// The nodes answer as many as there may ever be, in good time.
  private void grow() {
    while (places() < Admission.REQUESTS_MAX) {
      fill().forEach(place -> place.leave(End.ANSWERED));
    }
  }

  /// Takes every place there is.
  private List<Place> fill() {
    List<Place> places = new ArrayList<>();
    for (Optional<Place> place = admission.enter(); place.isPresent(); place = admission.enter()) {
      places.add(place.get());
    }
    return places;
  }

  private int places() {
    List<Place> all = fill();
    all.forEach(place -> place.leave(End.REFUSED));
    return all.size();
  }

  @Test
  void how_fast_the_nodes_are_is_not_taken_for_granted() {
    assertEquals(Admission.REQUESTS_FIRST, places());

    fill().forEach(place -> place.leave(End.ANSWERED));

    assertTrue(places() > Admission.REQUESTS_FIRST);
  }

  @Test
  void what_comes_too_late_takes_places_away_but_never_all() {
    grow();

    List<Place> busy = fill();
    busy.subList(0, 3).forEach(place -> place.leave(End.TOO_LATE));
    busy.subList(3, busy.size()).forEach(place -> place.leave(End.REFUSED));

    int fewer = places();
    assertTrue(fewer < Admission.REQUESTS_MAX * 0.8, () -> "still " + fewer);
    fill().forEach(place -> place.leave(End.TOO_LATE));
    assertEquals(Admission.REQUESTS_LEAST, places());
  }

  @Test
  void places_come_back_when_answers_come_in_good_time_again() {
    fill().forEach(place -> place.leave(End.TOO_LATE));
    int before = places();

    for (int round = 0; round < 20; round++) {
      fill().forEach(place -> place.leave(End.ANSWERED));
    }

    assertEquals(Admission.REQUESTS_MAX, places(), "from " + before);
  }

  @Test
  void a_refusal_at_once_says_nothing_of_how_busy_the_nodes_are() {
    fill().forEach(place -> place.leave(End.REFUSED));

    assertEquals(Admission.REQUESTS_FIRST, places());
  }

  @Test
  void a_refusal_that_takes_long_takes_places_away() {
    List<Place> busy = fill();
    nanos.addAndGet(Admission.GOOD_TIME.toNanos() + 1);
    busy.forEach(place -> place.leave(End.REFUSED));

    assertEquals(Admission.REQUESTS_LEAST, places());
  }

  @Test
  void an_answer_that_takes_long_takes_places_away() {
    List<Place> busy = fill();
    nanos.addAndGet(Admission.GOOD_TIME.toNanos() + 1);
    busy.forEach(place -> place.leave(End.ANSWERED));

    assertEquals(Admission.REQUESTS_LEAST, places());
  }

  @Test
  void fewer_places_can_be_set_than_are_usually_kept() {
    Admission small = new Admission(1, BODY_BYTES, nanos::get);
    Place only = small.enter().orElseThrow();

    assertTrue(small.enter().isEmpty());
    only.leave(End.TOO_LATE);
    assertTrue(small.enter().isPresent());
  }
}
