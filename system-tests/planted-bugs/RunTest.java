import java.io.PrintWriter;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Runs the tests of a class, or one of them, and says how the first one failed.
public final class RunTest {
  private RunTest() {}

  /// @param arguments a class, or a class and a method with `#` between them
  public static void main(String[] arguments) {
    DiscoverySelector selector =
        arguments[0].contains("#")
            ? DiscoverySelectors.selectMethod(arguments[0])
            : DiscoverySelectors.selectClass(arguments[0]);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selector).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    if (summary.getTestsFoundCount() == 0) {
      summary.printFailuresTo(new PrintWriter(System.out, true));
      System.out.println("there is no such test: " + arguments[0]);
      System.exit(2);
    }
    for (TestExecutionSummary.Failure failure : summary.getFailures()) {
      String first = String.valueOf(failure.getException()).lines().findFirst().orElse("");
      System.out.println("FAILED " + failure.getTestIdentifier().getDisplayName() + ": " + first);
    }
    System.exit(summary.getFailures().isEmpty() ? 0 : 1);
  }
}
