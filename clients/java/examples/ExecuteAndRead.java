// Runs code and reads what it writes while it runs; then reads it all again.
import dev.penstock.protocol.http.Entry;
import dev.penstock.protocol.http.Execution;
import dev.penstock.protocol.http.PenstockClient;
import dev.penstock.protocol.http.Session;

void main() {
  URI url = URI.create(System.getenv("PENSTOCK_URL"));
  try (PenstockClient client = PenstockClient.of(url, System.getenv("PENSTOCK_TOKEN"));
      Session session = client.startSession()) {
    Execution execution =
        session.execute("for i in range(3):\n    print('line', i, flush=True)");
    for (Entry entry : execution.entries()) {
      switch (entry) {
        case Entry.Text text -> IO.print(text.text());
        case Entry.Exit exit -> IO.println("state: " + exit.state());
        default -> {}
      }
    }

    String again = session.execution(execution.id()).text().collect(Collectors.joining());
    IO.println("again: \"" + again.replace("\n", "\\n") + "\"");
  }
}
