package mooring.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.Message;
import com.microsoft.azure.sdk.iot.device.MessageProperty;
import java.util.Base64;
import java.util.Map;

/** Messages as JSON; bodies are base64. */
final class Messages {
  private Messages() {}

  static Message read(JsonObject json) {
    Message message = new Message(Base64.getDecoder().decode(json.get("body").getAsString()));
    if (json.has("messageId")) {
      message.setMessageId(json.get("messageId").getAsString());
    }
    if (json.has("correlationId")) {
      message.setCorrelationId(json.get("correlationId").getAsString());
    }
    if (json.has("contentType")) {
      message.setContentType(json.get("contentType").getAsString());
    }
    if (json.has("contentEncoding")) {
      message.setContentEncoding(json.get("contentEncoding").getAsString());
    }
    if (json.has("properties")) {
      for (Map.Entry<String, JsonElement> each : json.getAsJsonObject("properties").entrySet()) {
        message.setProperty(each.getKey(), each.getValue().getAsString());
      }
    }
    return message;
  }

  static JsonObject write(Message message) {
    JsonObject json = new JsonObject();
    json.addProperty("body", Base64.getEncoder().encodeToString(message.getBytes()));
    json.addProperty("messageId", message.getMessageId());
    json.addProperty("correlationId", message.getCorrelationId());
    json.addProperty("contentType", message.getContentType());
    json.addProperty("contentEncoding", message.getContentEncoding());
    JsonObject properties = new JsonObject();
    for (MessageProperty each : message.getProperties()) {
      properties.addProperty(each.getName(), each.getValue());
    }
    json.add("properties", properties);
    return json;
  }
}
