package io.quorumvault.deployment;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// There is no daemon here that could build it; at least it says the same as the image that is
/// built and run here.
class DockerfileTest {
  private static final String DOCKERFILE = Project.text("k8s/Dockerfile");

  @Test
  void it_has_the_modules_places_and_user_of_the_image_that_is_tested() {
    for (String line :
        List.of(
            "RUN jlink --add-modules " + String.join(",", Image.MODULES) + " ",
            "COPY --from=build /build/vault-storage-service/target/libs " + Image.NODE + "/libs\n",
            "/build/vault-storage-service/target/vault-storage-service.jar " + Image.NODE + "/\n",
            "COPY --from=build /build/vault-api-service/target/libs " + Image.API + "/libs\n",
            "/build/vault-api-service/target/vault-api-service.jar " + Image.API + "/\n",
            "USER " + Image.USER + "\n",
            "ENTRYPOINT [\"" + Image.RUNTIME + "/bin/java\"]\n")) {
      assertTrue(DOCKERFILE.contains(line), line);
    }
  }
}
