// Sets a variable, evaluates expressions to JSON, and meets an error of Python.
import dev.penstock.protocol.http.CodeException;
import dev.penstock.protocol.http.PenstockClient;
import dev.penstock.protocol.http.Session;

void main() {
  URI url = URI.create(System.getenv("PENSTOCK_URL"));
  try (PenstockClient client = PenstockClient.of(url, System.getenv("PENSTOCK_TOKEN"));
      Session session = client.startSession()) {
    session.execute("prices = {'tea': 2.5, 'coffee': 3}").result();
    IO.println("sum: " + session.evaluate("sum(prices.values())", Double.class));
    String[] names = session.evaluate("sorted(prices)", String[].class);
    IO.println("names: " + String.join(", ", names));
    try {
      session.evaluate("prices['milk']");
    } catch (CodeException e) {
      IO.println("error: " + e.ename() + " " + e.evalue());
    }
  }
}
