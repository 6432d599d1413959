package io.quorumvault.kit;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// The metrics of one process, and their text for whoever collects them.
///
/// Every series exists from the moment its metric is made: a label takes its values from a list
/// that is given then, and another value is refused. So no request can make a series, and no name,
/// subject or path can become one. Safe for use by several threads.
public final class Meters {
  /// The Content-Type of `text`.
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final Pattern NAME = Pattern.compile("quorumvault(_[a-z0-9]+)+");

  /// Bounds of the buckets, in seconds: a read takes a few milliseconds, the budget of a storage
  /// operation is a quarter of a second, a request's deadline five.
  private static final double[] BUCKETS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();

  /// A label and all the values it can have.
  public record Label(String name, List<String> values) {
    public Label {
      values = List.copyOf(values);
    }
  }

  /// Counts what happens, one series for each combination of the labels' values.
  public static final class Tally {
    private final Map<List<String>, CounterDataPoint> series;

    private Tally(Map<List<String>, CounterDataPoint> series) {
      this.series = series;
    }

    /// @param values one of each label, in the order of the labels
    /// @throws IllegalArgumentException if one is not among those of its label
    public void count(String... values) {
      known(series, values).inc();
    }
  }

  /// Measures how long things take, one histogram for each value of the label.
  public static final class Stopwatch {
    private final Map<List<String>, DistributionDataPoint> series;

    private Stopwatch(Map<List<String>, DistributionDataPoint> series) {
      this.series = series;
    }

    /// @param values one of each label, in the order of the labels
    /// @throws IllegalArgumentException if one is not among those of its label
    public void took(long nanos, String... values) {
      known(series, values).observe(nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }
  }

  private static <S> S known(Map<List<String>, S> series, String... values) {
    S found = series.get(List.of(values));
    if (found == null) {
      throw new IllegalArgumentException("labels (expected: values that were announced)");
    }
    return found;
  }

  /// @param name ends in `_total`
  public Tally counter(String name, String help, Label... labels) {
    Counter counter =
        Counter.builder()
            .name(counterName(name))
            .help(checkedHelp(help))
            .labelNames(names(labels))
            .withoutExemplars()
            .register(registry);
    Map<List<String>, CounterDataPoint> series = new HashMap<>();
    for (List<String> values : combinations(labels)) {
      series.put(values, counter.labelValues(values.toArray(String[]::new)));
    }
    return new Tally(series);
  }

  /// What is counted elsewhere, asked when the text is made.
  ///
  /// @param name ends in `_total`
  public void counter(String name, String help, LongSupplier count) {
    CounterWithCallback.builder()
        .name(counterName(name))
        .help(checkedHelp(help))
        .callback(callback -> callback.call((double) count.getAsLong()))
        .register(registry);
  }

  /// A number that goes up and down, asked when the text is made.
  public void gauge(String name, String help, DoubleSupplier now) {
    GaugeWithCallback.builder()
        .name(checked(name))
        .help(checkedHelp(help))
        .callback(callback -> callback.call(now.getAsDouble()))
        .register(registry);
  }

  /// The same, one for each value of a label.
  public void gauges(String name, String help, String label, Map<String, DoubleSupplier> now) {
    Map<String, DoubleSupplier> known = Map.copyOf(now);
    GaugeWithCallback.builder()
        .name(checked(name))
        .help(checkedHelp(help))
        .labelNames(label)
        .callback(callback ->
            known.forEach((value, number) -> callback.call(number.getAsDouble(), value)))
        .register(registry);
  }

  /// @param name ends in `_seconds`
  public Stopwatch stopwatch(String name, String help, Label... labels) {
    if (!name.endsWith("_seconds")) {
      throw new IllegalArgumentException(name + " (expected: the unit at the end, _seconds)");
    }
    Histogram histogram =
        Histogram.builder()
            .name(checked(name))
            .help(checkedHelp(help))
            .labelNames(names(labels))
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .withoutExemplars()
            .register(registry);
    Map<List<String>, DistributionDataPoint> series = new HashMap<>();
    for (List<String> values : combinations(labels)) {
      series.put(values, histogram.labelValues(values.toArray(String[]::new)));
    }
    return new Stopwatch(series);
  }

  /// All of them now, in the text format of Prometheus.
  public byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory", impossible);
    }
    return text.toByteArray();
  }

  /// What a gauge says of a time: how many seconds lie between.
  public static double seconds(Duration duration) {
    return duration.toMillis() / (double) Duration.ofSeconds(1).toMillis();
  }

  private static String counterName(String name) {
    if (!name.endsWith("_total")) {
      throw new IllegalArgumentException(name + " (expected: _total at the end)");
    }
    return checked(name);
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(name + " (expected: quorumvault_ and words of a-z, 0-9)");
    }
    return name;
  }

  private static String checkedHelp(String help) {
    if (help.isBlank() || !help.endsWith(".")) {
      throw new IllegalArgumentException("help (expected: a sentence)");
    }
    return help;
  }

  private static String[] names(Label... labels) {
    return List.of(labels).stream().map(Label::name).toArray(String[]::new);
  }

  private static List<List<String>> combinations(Label... labels) {
    List<List<String>> all = List.of(List.of());
    for (Label label : labels) {
      List<List<String>> longer = new ArrayList<>();
      for (List<String> values : all) {
        for (String value : label.values()) {
          List<String> more = new ArrayList<>(values);
          more.add(value);
          longer.add(List.copyOf(more));
        }
      }
      all = longer;
    }
    return all;
  }
}
