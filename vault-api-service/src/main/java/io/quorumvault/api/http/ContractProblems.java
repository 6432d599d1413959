package io.quorumvault.api.http;

import static org.eclipse.microprofile.openapi.OASFactory.createAPIResponse;
import static org.eclipse.microprofile.openapi.OASFactory.createContent;
import static org.eclipse.microprofile.openapi.OASFactory.createExample;
import static org.eclipse.microprofile.openapi.OASFactory.createHeader;
import static org.eclipse.microprofile.openapi.OASFactory.createMediaType;

import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.EnvRefused;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvPlanning;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.secret.SecretValue;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/// Failures in the contract: an example for each code, as the vault would say it, and a response
/// for the codes that an operation answers with under one status.
final class ContractProblems {
  private ContractProblems() {}

  /// The whole document of a failure with this code.
  static Example example(FailureCode code) {
    return createExample()
        .summary(code.title())
        .value(tree(Problem.of(failure(code), ContractParts.REQUEST_ID_EXAMPLE)));
  }

  /// The name of the response for these codes, which says them, for example
  /// `SecretNotFoundOrVersionNotFound`.
  static String name(SortedSet<FailureCode> codes) {
    return codes.stream()
        .map(code ->
            Arrays.stream(code.text().split("-", -1))
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining()))
        .collect(Collectors.joining("Or"));
  }

  /// @param codes at least one, all of one status
  static APIResponse response(SortedSet<FailureCode> codes) {
    MediaType content = createMediaType().schema(ContractSchemas.ref("Problem"));
    codes.forEach(code -> content.addExample(code.text(), createExample().ref(code.text())));
    APIResponse response =
        createAPIResponse()
            .description(
                codes.stream()
                    .map(code -> "`" + code.text() + "`: " + code.title() + ".")
                    .collect(Collectors.joining(" ")))
            .content(createContent().addMediaType(Problem.MEDIA_TYPE, content));
    Failures.headers(codes.first())
        .keySet()
        .forEach(header -> response.addHeader(header, createHeader()));
    return response;
  }

  /// A failure with this code, as it may happen.
  private static VaultFailure failure(FailureCode code) {
    return switch (code) {
      case INVALID_REQUEST -> VaultFailure.invalid(List.of(Names.secretNameForm("name")));
      case WRITE_NOT_ACCEPTED, CONCURRENT_WRITE ->
          VaultFailure.inPhase(code, Phase.VOTING, code.title());
      case WRITE_OUTCOME_UNKNOWN -> VaultFailure.inPhase(code, Phase.WRITING, code.title());
      case ENV_SYNTAX -> refused(EnvMode.DEFAULT, "DB_PASSWORD=secret(DB_PASSWORD");
      case ENV_MODE -> refused(EnvMode.OPEN, "API_KEY=enc(API_KEY|generate)");
      case ENV_VALUE_MISSING -> refused(EnvMode.DEFAULT, "KEY=enc(API_KEY)");
      case ENV_VALUE_CONFLICT -> refused(EnvMode.DEFAULT, "A=enc(KEY:one)\nB=enc(KEY:two)");
      case ENV_SELF_REFERENCE -> refused(EnvMode.DEFAULT, "A=enc(KEY:one)\nB=secret(KEY)");
      case ENV_NOT_REPRESENTABLE, UNRESOLVED_REFERENCE -> refusedReading(code);
      default -> VaultFailure.of(code, code.title() + ".");
    };
  }

  /// What is said of a file with which nothing can be done, whatever is stored.
  private static VaultFailure refused(EnvMode mode, String content) {
    return switch (planning(mode, content)) {
      case EnvRefusal refusal -> EnvRefused.failure(refusal);
      case EnvPlan _ -> throw new IllegalStateException("nothing is wrong with the file");
    };
  }

  /// What is said of a secret that is not there, or whose value no portable line can hold.
  private static VaultFailure refusedReading(FailureCode code) {
    if (!(planning(EnvMode.OPEN, "DB_PASSWORD=secret(DB_PASSWORD)") instanceof EnvPlan plan)) {
      throw new IllegalStateException("something is wrong with the file");
    }
    SecretRead read = plan.reads().first();
    if (code == FailureCode.UNRESOLVED_REFERENCE) {
      return EnvRefused.atOdds(plan, Map.of(read, FailureCode.SECRET_NOT_FOUND), Set.of());
    }
    try (SecretValue both = SecretValue.owning("'$".getBytes(StandardCharsets.UTF_8))) {
      return switch (plan.render(Map.of(read, both))) {
        case EnvRefusal refusal -> EnvRefused.failure(refusal);
        case RenderedFile _ -> throw new IllegalStateException("the file can be written");
      };
    }
  }

  private static EnvPlanning planning(EnvMode mode, String content) {
    return EnvPlan.of(new EnvTask(content, Map.of(), mode, Dialect.PORTABLE, false), _ -> {});
  }

  /// As the model wants an example: maps, lists, texts, numbers.
  private static Object tree(Problem problem) {
    try (JsonReader reader =
        jakarta.json.Json.createReader(new ByteArrayInputStream(Json.bytes(problem)))) {
      return tree(reader.readValue());
    }
  }

  private static Object tree(JsonValue value) {
    return switch (value) {
      case JsonObject object -> {
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((name, member) -> members.put(name, tree(member)));
        yield members;
      }
      case JsonArray array -> array.stream().map(ContractProblems::tree).toList();
      case JsonString text -> text.getString();
      case JsonNumber number -> number.bigDecimalValue();
      default -> value.getValueType() == JsonValue.ValueType.TRUE;
    };
  }
}
