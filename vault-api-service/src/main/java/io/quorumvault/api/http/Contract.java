package io.quorumvault.api.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.helidon.config.mp.MpConfigSources;
import io.quorumvault.FailureCode;
import io.smallrye.openapi.api.SmallRyeOpenAPI;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.openapi.OASConfig;
import org.eclipse.microprofile.openapi.models.Operation;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.CompositeIndex;
import org.jboss.jandex.IndexReader;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;

/// The public contract as an OpenAPI 3.1 document: what the annotations of the resources and of
/// their bodies say, within what `ContractParts` has for all of them, completed by
/// `ContractFilter`. The same bytes for the same classes, on every machine.
///
/// Made once, when it is first asked for.
@ApplicationScoped
class Contract {
  /// Where the build leaves the index of a module's classes.
  private static final String INDEX = "META-INF/jandex.idx";

  /// Members of an operation, and before them its method, as one reads them.
  private static final List<String> READING_ORDER =
      List.of(
          "get",
          "put",
          "post",
          "delete",
          "operationId",
          "summary",
          "description",
          "tags",
          "security",
          "parameters",
          "requestBody",
          "responses");

  /// Quotes what YAML 1.1 reads as a number or a time: many readers still do. Breaks no lines, so
  /// that a change of one word is a change of one line.
  private static final ObjectMapper YAML_WRITER =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .stringQuotingChecker(
                  new StringQuotingChecker.Default() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public boolean needToQuoteValue(String value) {
                      return super.needToQuoteValue(value)
                          || (!value.isEmpty() && Character.isDigit(value.charAt(0)));
                    }
                  })
              .build());

  private final String yaml;
  private final String json;

  Contract() {
    Map<String, List<FailureCode>> refusals = new HashMap<>();
    SmallRyeOpenAPI document =
        SmallRyeOpenAPI.builder()
            .withConfig(settings())
            .withApplicationClassLoader(Contract.class.getClassLoader())
            .withIndex(index())
            .withInitialModel(ContractParts.document())
            .withOperationHandler((operation, _, method) -> note(operation, method, refusals))
            .addFilter(new ContractFilter(refusals))
            .build();
    try {
      JsonNode tree = ordered(new ObjectMapper().readTree(document.toJSON()));
      json = tree.toPrettyString();
      yaml = YAML_WRITER.writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a JSON tree is not JSON", impossible);
    }
  }

  /// How the document is written.
  enum Form {
    YAML,
    JSON
  }

  String text(Form form) {
    return switch (form) {
      case YAML -> yaml;
      case JSON -> json;
    };
  }

  private static void note(
      Operation operation, MethodInfo method, Map<String, List<FailureCode>> refusals) {
    AnnotationInstance own = method.annotation(Refusals.class);
    if (own != null) {
      refusals.put(
          operation.getOperationId(),
          Arrays.stream(own.value().asEnumArray()).map(FailureCode::valueOf).toList());
    }
  }

  /// Only what is in this package is public; and nothing in a server's configuration changes what
  /// the contract says.
  private static Config settings() {
    return ConfigProviderResolver.instance()
        .getBuilder()
        .withSources(
            MpConfigSources.create(
                Map.of(OASConfig.SCAN_PACKAGES, Contract.class.getPackageName())))
        .build();
  }

  private static IndexView index() {
    try {
      List<IndexView> indexes = new ArrayList<>();
      for (URL url : Collections.list(Contract.class.getClassLoader().getResources(INDEX))) {
        try (InputStream in = url.openStream()) {
          indexes.add(new IndexReader(in).read());
        }
      }
      return CompositeIndex.create(indexes);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// Paths before the parts they refer to, and operations all alike.
  private static JsonNode ordered(JsonNode document) {
    ObjectNode ordered = (ObjectNode) document;
    JsonNode parts = ordered.remove("components");
    for (JsonNode path : ordered.get("paths")) {
      path.forEach(Contract::order);
      order(path);
    }
    ordered.set("components", parts);
    return ordered;
  }

  private static void order(JsonNode node) {
    ObjectNode members = (ObjectNode) node;
    for (String name : READING_ORDER) {
      JsonNode member = members.remove(name);
      if (member != null) {
        members.set(name, member);
      }
    }
  }
}
