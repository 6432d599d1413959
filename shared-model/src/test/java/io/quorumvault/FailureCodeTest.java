package io.quorumvault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What failures are called stays as it was told.
class FailureCodeTest {
  private static final Map<String, FailureCode> BY_ERRNO =
      Map.of(
          "EPERM", FailureCode.FORBIDDEN,
          "E2BIG", FailureCode.PAYLOAD_TOO_LARGE,
          "EDEADLINE", FailureCode.DEADLINE_EXCEEDED,
          "EINTEGRITY", FailureCode.INTEGRITY_FAILURE);

  @Test
  void an_errno_is_one_code_and_no_other() {
    Map<String, FailureCode> told =
        Arrays.stream(FailureCode.values())
            .filter(code -> code.errno().isPresent())
            .collect(Collectors.toMap(code -> code.errno().get(), code -> code));
    assertEquals(BY_ERRNO, told);
  }

  @Test
  void the_documents_name_them_as_the_program_does() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "operations.md"));
    BY_ERRNO.forEach((errno, code) -> {
      String row = "| `%s` | `%s` | %d |".formatted(errno, code.text(), code.status());
      assertTrue(document.contains(row), row);
    });
  }
}
