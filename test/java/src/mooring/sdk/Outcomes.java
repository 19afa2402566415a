package mooring.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.azure.sdk.iot.device.IotHubMessageResult;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** What is to become of messages, by their ids, each time that they come; those that are not named are completed. */
final class Outcomes {
  private final Map<String, Queue<IotHubMessageResult>> planned = new HashMap<>();

  /** @param json arrays of {@code COMPLETE}, {@code ABANDON} and {@code REJECT}, by message ids */
  Outcomes(JsonObject json) {
    for (Map.Entry<String, JsonElement> each : json.entrySet()) {
      Queue<IotHubMessageResult> results = new ArrayDeque<>();
      each.getValue().getAsJsonArray().forEach(name -> results.add(IotHubMessageResult.valueOf(name.getAsString())));
      planned.put(each.getKey(), results);
    }
  }

  synchronized IotHubMessageResult next(String messageId) {
    Queue<IotHubMessageResult> results = planned.get(messageId);
    return results == null || results.isEmpty() ? IotHubMessageResult.COMPLETE : results.remove();
  }
}
