package io.quorumvault.cli.client;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.quorumvault.cli.CommandFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Becomes another program, as a shell's `exec` does: the process, its id, its terminal and its
/// standard streams stay, everything of this program is gone, memory with values first.
///
/// That is why it is not a child process: nobody has to pass on signals and exit codes, no JVM
/// waits for as long as the program runs, and the environment is bytes and not text of some locale.
/// The five functions used are those of POSIX.1-2017 (`setenv`, `fcntl`, `sigprocmask`, `execvp`),
/// and their numbers are the same on Linux and macOS unless said otherwise.
@SuppressWarnings("restricted") // The manifest permits native access; there is no other way.
final class Takeover {
  private static final int NOT_FOUND = 2; // ENOENT
  private static final int TOO_LARGE = 7; // E2BIG
  private static final int DENIED = 13; // EACCES
  private static final int SET_FLAGS = 2; // F_SETFD
  private static final int CLOSE_ON_EXEC = 1; // FD_CLOEXEC

  /// As large as any system's set of signals; Linux has 128 bytes.
  private static final int SIGNAL_SET_BYTES = 128;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols = linker.defaultLookup();

  private Takeover() {}

  /// Does not return, unless the program cannot be started.
  ///
  /// @param command the program, looked for on the `PATH` it gets, and its arguments
  /// @param variables set in addition to the environment; values without NUL
  /// @return why not
  static CommandFailure by(
      List<String> command, Map<String, byte[]> variables, Descriptors handedDown) {
    try {
      int reason = new Takeover().execute(arguments(command), variables, handedDown);
      return failure(command.getFirst(), reason);
    } catch (RuntimeException | Error bug) {
      throw bug;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private int execute(List<byte[]> arguments, Map<String, byte[]> variables, Descriptors handedDown)
      throws Throwable {
    MethodHandle setenv =
        function("setenv", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    MethodHandle fcntl =
        function(
            "fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    MethodHandle sigprocmask =
        function("sigprocmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    MethodHandle execvp =
        function(
            "execvp",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS),
            Linker.Option.captureCallState("errno"));
    try (Arena arena = Arena.ofConfined()) {
      for (Map.Entry<String, byte[]> variable : variables.entrySet()) {
        byte[] name = variable.getKey().getBytes(StandardCharsets.US_ASCII);
        int set = (int) setenv.invokeExact(text(arena, name), text(arena, variable.getValue()), 1);
        if (set != 0) {
          throw new OutOfMemoryError("no room for the variables");
        }
      }
      for (int descriptor : handedDown.own()) {
        int closed = (int) fcntl.invokeExact(descriptor, SET_FLAGS, CLOSE_ON_EXEC);
        assert closed == 0 || closed == -1; // It may have been closed in between.
      }
      // The runtime blocks signals that the program may rely on; their handlers go by themselves.
      MemorySegment none = arena.allocate(SIGNAL_SET_BYTES);
      int unblocked = (int) sigprocmask.invokeExact(setMask(), none, MemorySegment.NULL);
      assert unblocked == 0;
      MemorySegment vector = arena.allocate(ADDRESS, arguments.size() + 1L);
      for (int i = 0; i < arguments.size(); i++) {
        vector.setAtIndex(ADDRESS, i, text(arena, arguments.get(i)));
      }
      MemoryLayout state = Linker.Option.captureStateLayout();
      MemorySegment errno = arena.allocate(state);
      int failed = (int) execvp.invokeExact(errno, vector.getAtIndex(ADDRESS, 0), vector);
      assert failed == -1;
      return errno.get(
          ValueLayout.JAVA_INT, state.byteOffset(MemoryLayout.PathElement.groupElement("errno")));
    }
  }

  /// `SIG_SETMASK`, the one number that differs.
  private static int setMask() {
    return System.getProperty("os.name").startsWith("Mac") ? 3 : 2;
  }

  private MethodHandle function(
      String name, FunctionDescriptor form, Linker.Option... linkerOptions) {
    return linker.downcallHandle(symbols.findOrThrow(name), form, linkerOptions);
  }

  private static MemorySegment text(Arena arena, byte[] bytes) {
    MemorySegment segment = arena.allocate(bytes.length + 1L); // zeroed: ends with NUL
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /// The arguments as the caller gave them. Where the locale is not that of their bytes, Java's
  /// text of them has lost some, and Linux still knows.
  private static List<byte[]> arguments(List<String> command) {
    Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding"));
    List<byte[]> own = ownArguments();
    int before = own.size() - command.size();
    List<byte[]> arguments = new ArrayList<>();
    for (int i = 0; i < command.size(); i++) {
      String text = command.get(i);
      boolean known = before >= 0 && text.equals(new String(own.get(before + i), locale));
      arguments.add(known ? own.get(before + i) : text.getBytes(locale));
    }
    return arguments;
  }

  private static List<byte[]> ownArguments() {
    List<byte[]> arguments = new ArrayList<>();
    try {
      byte[] all = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      int from = 0;
      for (int i = 0; i < all.length; i++) {
        if (all[i] == 0) {
          arguments.add(Arrays.copyOfRange(all, from, i));
          from = i + 1;
        }
      }
    } catch (IOException notLinux) {
      // The text is all there is.
    }
    return arguments;
  }

  private static CommandFailure failure(String program, int reason) {
    return switch (reason) {
      case NOT_FOUND ->
          CommandFailure.usage(
              "There is no program " + program + ".", "Is it on the PATH, or its path right?");
      case DENIED ->
          CommandFailure.usage(
              program + " may not be run.", "Is it a program, and are you permitted to run it?");
      case TOO_LARGE ->
          CommandFailure.usage(
              "The variables and arguments are larger than this system hands to a program.",
              "Linux takes 128 KiB for one variable. Hand a large value over as a file: qv get.");
      default ->
          CommandFailure.usage(
              program + " cannot be started (error " + reason + ").", "Is it a program?");
    };
  }
}
