package mooring.sdk;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.exceptions.IotHubClientException;
import java.io.PrintStream;

/** Writes answers, {@code {id, result}} or {@code {id, error}}, and events, {@code {event, client, value}}, a line each. */
final class Output {
  private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final PrintStream stream;

  Output(PrintStream stream) {
    this.stream = stream;
  }

  void answer(JsonElement id, JsonElement result) {
    JsonObject line = new JsonObject();
    line.add("id", id);
    line.add("result", result);
    write(line);
  }

  void refuse(JsonElement id, Throwable error) {
    JsonObject line = new JsonObject();
    line.add("id", id);
    line.add("error", describe(error));
    write(line);
  }

  void event(String event, String client, JsonElement value) {
    JsonObject line = new JsonObject();
    line.addProperty("event", event);
    line.addProperty("client", client);
    line.add("value", value);
    write(line);
  }

  static JsonElement describe(Throwable error) {
    if (error == null) {
      return JsonNull.INSTANCE;
    }
    JsonObject described = new JsonObject();
    described.addProperty("type", error.getClass().getSimpleName());
    described.addProperty("message", messages(error));
    if (error instanceof IotHubClientException) {
      described.addProperty("status", String.valueOf(((IotHubClientException) error).getStatusCode()));
    }
    return described;
  }

  /** With those of its causes. */
  private static String messages(Throwable error) {
    StringBuilder messages = new StringBuilder(String.valueOf(error.getMessage()));
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      messages.append(" < ").append(cause.getClass().getSimpleName()).append(": ").append(cause.getMessage());
    }
    return messages.toString();
  }

  private synchronized void write(JsonObject line) {
    // In ASCII, whatever the machine's character set is.
    StringBuilder text = new StringBuilder();
    for (char each : GSON.toJson(line).toCharArray()) {
      if (each < 0x7f) {
        text.append(each);
      } else {
        text.append(String.format("\\u%04x", (int) each));
      }
    }
    stream.println(text);
    stream.flush();
  }
}
