package mooring.sdk;

import com.microsoft.azure.sdk.iot.device.IotHubStatusCode;
import com.microsoft.azure.sdk.iot.device.exceptions.IotHubClientException;
import java.util.concurrent.Callable;

/**
 * Asks a twin again when no answer is told of. The SDK (2.5.0) loses some that it has received: the thread that acknowledges an
 * answer forgets who waits for it, and may do so before the thread that received it has looked that up.
 */
final class Patience {
  static final int MILLISECONDS = 5_000;
  private static final int TRIES = 5;

  private Patience() {}

  static <T> T ask(Callable<T> request) throws Exception {
    for (int tries = 1; ; tries++) {
      try {
        return request.call();
      } catch (IotHubClientException error) {
        if (error.getStatusCode() != IotHubStatusCode.DEVICE_OPERATION_TIMED_OUT || tries == TRIES) {
          throw error;
        }
      }
    }
  }
}
