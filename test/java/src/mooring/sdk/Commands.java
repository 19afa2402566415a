package mooring.sdk;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.reflect.TypeToken;
import com.microsoft.azure.sdk.iot.device.InternalClient;
import com.microsoft.azure.sdk.iot.device.Message;
import com.microsoft.azure.sdk.iot.device.twin.Twin;
import com.microsoft.azure.sdk.iot.device.twin.TwinCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs commands, {@code {id, op, client, …}}, each in a thread of its own, as the SDK's calls block. */
final class Commands {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Clients clients = new Clients();
  private final Multiplexers multiplexers = new Multiplexers(clients);
  private final Subscriptions subscriptions;
  private final Output output;

  Commands(Output output) {
    this.output = output;
    this.subscriptions = new Subscriptions(output);
  }

  void run(String line) {
    JsonObject command = JsonParser.parseString(line).getAsJsonObject();
    JsonElement id = command.get("id");
    threads.execute(
        () -> {
          try {
            output.answer(id, result(command));
          } catch (Throwable error) {
            output.refuse(id, error);
          }
        });
  }

  private JsonElement result(JsonObject command) throws Exception {
    switch (command.get("op").getAsString()) {
      case "create":
        clients.add(command);
        subscriptions.status(name(command), client(command));
        return JsonNull.INSTANCE;
      case "open":
        client(command).open(false);
        return JsonNull.INSTANCE;
      case "close":
        client(command).close();
        return JsonNull.INSTANCE;
      case "send":
        client(command).sendEvent(Messages.read(command.getAsJsonObject("message")));
        return JsonNull.INSTANCE;
      case "sendBatch":
        client(command).sendEvents(batch(command));
        return JsonNull.INSTANCE;
      case "messages":
        subscriptions.messages(name(command), client(command), new Outcomes(command.getAsJsonObject("outcomes")));
        return JsonNull.INSTANCE;
      case "desired":
        subscriptions.desired(name(command), client(command));
        return JsonNull.INSTANCE;
      case "methods":
        subscriptions.methods(name(command), client(command));
        return JsonNull.INSTANCE;
      case "twin":
        return twin(Patience.ask(() -> client(command).getTwin(Patience.MILLISECONDS)));
      case "report":
        TwinCollection patch = patch(command);
        return new JsonPrimitive(
            Patience.ask(() -> client(command).updateReportedProperties(patch, Patience.MILLISECONDS)).getVersion());
      case "multiplexer":
        multiplexers.add(command);
        return JsonNull.INSTANCE;
      case "openMultiplexer":
        multiplexers.open(command);
        return JsonNull.INSTANCE;
      case "closeMultiplexer":
        multiplexers.close(command);
        return JsonNull.INSTANCE;
      case "register":
        return multiplexers.register(command);
      case "unregister":
        multiplexers.unregister(command);
        return JsonNull.INSTANCE;
      case "registered":
        return new JsonPrimitive(multiplexers.registered(command));
      default:
        throw new IllegalArgumentException("No such command: " + command.get("op"));
    }
  }

  private InternalClient client(JsonObject command) {
    return clients.get(name(command));
  }

  private static String name(JsonObject command) {
    return command.get("client").getAsString();
  }

  private static List<Message> batch(JsonObject command) {
    List<Message> messages = new ArrayList<>();
    for (JsonElement each : command.getAsJsonArray("messages")) {
      messages.add(Messages.read(each.getAsJsonObject()));
    }
    return messages;
  }

  private static TwinCollection patch(JsonObject command) {
    TypeToken<Map<String, Object>> type = new TypeToken<>() {};
    Map<String, Object> properties = new Gson().fromJson(command.get("patch"), type.getType());
    return new TwinCollection(properties);
  }

  private static JsonElement twin(Twin twin) {
    JsonObject json = new JsonObject();
    json.add("desired", Subscriptions.properties(twin.getDesiredProperties()));
    json.add("reported", Subscriptions.properties(twin.getReportedProperties()));
    return json;
  }
}
