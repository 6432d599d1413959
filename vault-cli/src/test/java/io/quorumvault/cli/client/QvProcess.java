package io.quorumvault.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quorumvault.cli.Qv;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// `qv` as a process of its own: what becomes another program, or runs under a limit, cannot be
/// tried in the JVM of the tests.
final class QvProcess {
  private static final long ENDS_WITHIN_SECONDS = 60;

  private final Path directory;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private String input = "";
  private String before = "";

  private QvProcess(Path directory) {
    this.directory = directory;
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
  }

  static QvProcess in(Path directory, FakeVault vault) {
    return bare(directory)
        .with("QV_API", vault.url().toString())
        .with("QV_NAMESPACE", "demo")
        .with("QV_TOKEN", FakeVault.TOKEN);
  }

  /// With nothing said about a vault.
  static QvProcess bare(Path directory) {
    return new QvProcess(directory);
  }

  record Ended(long processId, int exitCode, String output, String messages) {}

  QvProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  QvProcess input(String text) {
    input = text;
    return this;
  }

  /// What a shell does before it becomes `qv`.
  QvProcess after(String commands) {
    before = commands + "; ";
    return this;
  }

  Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  Ended run(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                before + "exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Qv.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    CompletableFuture<byte[]> output = allOf(process.getInputStream());
    CompletableFuture<byte[]> messages = allOf(process.getErrorStream());
    try (OutputStream standardInput = process.getOutputStream()) {
      standardInput.write(input.getBytes(UTF_8));
    }
    if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("did not end: " + new String(messages.join(), UTF_8));
    }
    return new Ended(
        process.pid(),
        process.exitValue(),
        new String(output.join(), UTF_8),
        new String(messages.join(), UTF_8));
  }

  private static CompletableFuture<byte[]> allOf(InputStream stream) {
    return CompletableFuture.supplyAsync(() -> {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException lost) {
        throw new UncheckedIOException(lost);
      }
    });
  }
}
