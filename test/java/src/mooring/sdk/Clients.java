package mooring.sdk;

import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.ClientOptions;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.InternalClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.ModuleClient;
import com.microsoft.azure.sdk.iot.device.transport.NoRetry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Clients by the names that commands give them. */
final class Clients {
  /** HTTPS is polled, and as often as the SDK would by itself it would keep the machine busy. */
  private static final int RECEIVE_MILLISECONDS = 200;

  private final Map<String, InternalClient> clients = new ConcurrentHashMap<>();

  void add(JsonObject command) throws Exception {
    String connectionString = command.get("connectionString").getAsString();
    IotHubClientProtocol protocol = IotHubClientProtocol.valueOf(command.get("protocol").getAsString());
    ClientOptions.ClientOptionsBuilder options = ClientOptions.builder();
    options.sslContext(Trust.context(command.get("ca").getAsString(), text(command, "cert"), text(command, "key")));
    options.modelId(text(command, "modelId"));
    if (protocol == IotHubClientProtocol.HTTPS) {
      options.receiveInterval(RECEIVE_MILLISECONDS);
    }
    if (command.has("tokenSeconds")) {
      options.sasTokenExpiryTime(command.get("tokenSeconds").getAsLong());
    }
    InternalClient client =
        connectionString.contains(";ModuleId=")
            ? new ModuleClient(connectionString, protocol, options.build())
            : new DeviceClient(connectionString, protocol, options.build());
    if (command.has("retry") && !command.get("retry").getAsBoolean()) {
      client.setRetryPolicy(new NoRetry());
    }
    clients.put(command.get("client").getAsString(), client);
  }

  InternalClient get(String name) {
    InternalClient client = clients.get(name);
    if (client == null) {
      throw new IllegalArgumentException("There is no client " + name);
    }
    return client;
  }

  DeviceClient device(String name) {
    return (DeviceClient) get(name);
  }

  private static String text(JsonObject command, String name) {
    return command.has(name) ? command.get(name).getAsString() : null;
  }
}
