import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** One Elasticsearch node of the artifacts in Maven Central. Arguments: its home, then settings as name=value. */
public final class OneNode {
    public static void main(String[] arguments) throws Exception {
        Settings.Builder given = Settings.builder().put("path.home", arguments[0]);
        for (int place = 1; place < arguments.length; place++) {
            String[] pair = arguments[place].split("=", 2);
            given.put(pair[0], pair[1]);
        }
        Settings settings = given.build();
        LogConfigurator.configureESLogging();
        LogConfigurator.configureWithoutConfig(settings);
        Environment environment = new Environment(settings, Path.of(arguments[0], "config"));
        PluginsLoader plugins = PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(environment.modulesDir()), Set.of(), Map.of(), false);
        Node node = new Node(environment, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (java.io.IOException error) {
                System.err.println("The node did not close: " + error);
            }
        }));
        try {
            node.start();
            new CountDownLatch(1).await();
        } catch (Throwable error) {  // the threads of a node that failed would keep the process alive
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
