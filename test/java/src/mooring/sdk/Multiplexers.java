package mooring.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.IotHubClientProtocol;
import com.microsoft.azure.sdk.iot.device.MultiplexingClient;
import com.microsoft.azure.sdk.iot.device.MultiplexingClientOptions;
import com.microsoft.azure.sdk.iot.device.exceptions.MultiplexingClientRegistrationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Connections that many clients share, by the names that commands give them. */
final class Multiplexers {
  private static final long TIMEOUT_MILLISECONDS = 120_000;

  private final Map<String, MultiplexingClient> multiplexers = new ConcurrentHashMap<>();
  private final Clients clients;

  Multiplexers(Clients clients) {
    this.clients = clients;
  }

  void add(JsonObject command) throws Exception {
    MultiplexingClientOptions options =
        MultiplexingClientOptions.builder()
            .sslContext(Trust.context(command.get("ca").getAsString(), null, null))
            .build();
    IotHubClientProtocol protocol = IotHubClientProtocol.valueOf(command.get("protocol").getAsString());
    multiplexers.put(
        command.get("multiplexer").getAsString(),
        new MultiplexingClient(command.get("host").getAsString(), protocol, options));
  }

  void open(JsonObject command) throws Exception {
    get(command).open(false);
  }

  void close(JsonObject command) {
    get(command).close();
  }

  /** @return why devices were refused, by their ids */
  JsonObject register(JsonObject command) throws Exception {
    JsonObject refused = new JsonObject();
    try {
      get(command).registerDeviceClients(devices(command), TIMEOUT_MILLISECONDS);
    } catch (MultiplexingClientRegistrationException error) {
      error.getRegistrationExceptions().forEach((id, cause) -> refused.add(id, Output.describe(cause)));
    }
    return refused;
  }

  void unregister(JsonObject command) throws Exception {
    get(command).unregisterDeviceClients(devices(command), TIMEOUT_MILLISECONDS);
  }

  int registered(JsonObject command) {
    return get(command).getRegisteredDeviceCount();
  }

  private MultiplexingClient get(JsonObject command) {
    return multiplexers.get(command.get("multiplexer").getAsString());
  }

  private List<DeviceClient> devices(JsonObject command) {
    List<DeviceClient> devices = new ArrayList<>();
    for (JsonElement name : command.getAsJsonArray("clients")) {
      devices.add(clients.device(name.getAsString()));
    }
    return devices;
  }
}
