// Reads some values of a stream, leaves, and comes back for the rest: none is lost and none comes twice.
import dev.penstock.protocol.http.Entries;
import dev.penstock.protocol.http.Entry;
import dev.penstock.protocol.http.PenstockClient;
import dev.penstock.protocol.http.Session;
import dev.penstock.protocol.http.ValueStream;

static final String STEP =
    "n = 0\ndef step():\n    global n\n    n += 1\n    return {'result': n, 'done': n > 10}";

void main() {
  URI url = URI.create(System.getenv("PENSTOCK_URL"));
  try (PenstockClient client = PenstockClient.of(url, System.getenv("PENSTOCK_TOKEN"));
      Session session = client.startSession()) {
    session.execute(STEP).result();
    ValueStream stream = session.startStream("step()", 100);

    long from = 0;
    try (Entries entries = stream.entries()) {
      for (Entry entry : entries) {
        if (entry instanceof Entry.Value value) {
          int result = value.value().path("result").asInt();
          IO.println("value: " + result);
          from = value.seq() + 1;
          if (result == 4) {
            break;
          }
        }
      }
    }
    IO.println("back");
    stream.values(from).forEach(value -> IO.println("value: " + value.path("result").asInt()));
  }
}
