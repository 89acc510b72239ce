import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;

/** One node without the launcher of the distribution: logging must be configured first. */
public final class LocalNode {
  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureESLogging();
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Settings given = Settings.builder().put("path.home", home.toString()).build();
    Path configuration = home.resolve("config");
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(given, Map.of(), configuration, () -> "local");
    LogConfigurator.setNodeName("local");
    Node node = new Node(environment);
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    new CountDownLatch(1).await();
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (Exception error) {
      error.printStackTrace();
    }
  }
}
