package mooring.sdk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Drives device clients of the SDK as it is told: each line of the input is a command in JSON ({@link Commands}), each line
 * of the output an answer to one or an event ({@link Output}). Ends with its input.
 */
final class Main {
  private Main() {}

  public static void main(String[] arguments) throws IOException {
    Commands commands = new Commands(new Output(System.out));
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      commands.run(line);
    }
    // The SDK's threads are no daemons.
    System.exit(0);
  }
}
