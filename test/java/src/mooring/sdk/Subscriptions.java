package mooring.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.DeviceClient;
import com.microsoft.azure.sdk.iot.device.InternalClient;
import com.microsoft.azure.sdk.iot.device.Message;
import com.microsoft.azure.sdk.iot.device.MessageCallback;
import com.microsoft.azure.sdk.iot.device.ModuleClient;
import com.microsoft.azure.sdk.iot.device.twin.DirectMethodResponse;
import com.microsoft.azure.sdk.iot.device.twin.TwinCollection;

/** Makes events of what the hub gives a client. */
final class Subscriptions {
  private static final int ECHO_STATUS = 299;

  private final Output output;

  Subscriptions(Output output) {
    this.output = output;
  }

  /** Events {@code message}, each decided as planned. */
  void messages(String name, InternalClient client, Outcomes outcomes) {
    MessageCallback callback =
        (Message message, Object context) -> {
          output.event("message", name, Messages.write(message));
          return outcomes.next(message.getMessageId());
        };
    if (client instanceof DeviceClient) {
      ((DeviceClient) client).setMessageCallback(callback, null);
    } else {
      ((ModuleClient) client).setMessageCallback(callback, null);
    }
  }

  /** Events {@code desired}. */
  void desired(String name, InternalClient client) throws Exception {
    client.subscribeToDesiredProperties(
        (twin, context) -> output.event("desired", name, properties(twin.getDesiredProperties())), null);
  }

  /** Events {@code method}; calls are answered with what they brought. */
  void methods(String name, InternalClient client) throws Exception {
    client.subscribeToMethods(
        (method, payload, context) -> {
          JsonElement given = payload.getPayloadAsJsonElement();
          JsonObject call = new JsonObject();
          call.addProperty("method", method);
          call.add("payload", given == null ? JsonNull.INSTANCE : given);
          output.event("method", name, call);
          return new DirectMethodResponse(ECHO_STATUS, given);
        },
        null);
  }

  /** Events {@code status}: each change of a connection with its reason. */
  void status(String name, InternalClient client) {
    client.setConnectionStatusChangeCallback(
        change -> {
          JsonObject status = new JsonObject();
          status.addProperty("status", change.getNewStatus().name());
          status.addProperty("reason", change.getNewStatusReason().name());
          status.add("cause", Output.describe(change.getCause()));
          output.event("status", name, status);
        },
        null);
  }

  static JsonObject properties(TwinCollection collection) {
    JsonObject properties = collection.toJsonElement().getAsJsonObject();
    properties.addProperty("$version", collection.getVersion());
    return properties;
  }
}
