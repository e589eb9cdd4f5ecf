package dev.penstock.gateway.environments;

import dev.penstock.gateway.http.Answer;
import dev.penstock.gateway.http.Call;
import dev.penstock.gateway.http.Endpoint;
import dev.penstock.gateway.http.HttpException;
import dev.penstock.gateway.http.Routes;
import dev.penstock.gateway.json.Json;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/v1/environments} (docs/environments.md, "Over HTTP"). Thread-safe. */
public final class EnvironmentsApi {
  private static final String PATH = "/api/v1/environments";
  private static final String ONE = PATH + "/{name}";
  private static final String JOBS = ONE + "/jobs";
  private static final String JOB = JOBS + "/{id}";

  private final String base;
  private final boolean allowed;
  private final Jobs jobs;

  /**
   * The API.
   *
   * @param base the server's base path, with a slash at both ends
   * @param allowed whether environments may be changed
   */
  public EnvironmentsApi(String base, boolean allowed, Jobs jobs) {
    this.base = base;
    this.allowed = allowed;
    this.jobs = jobs;
  }

  /** Adds the paths. */
  public void addTo(Routes routes) {
    routes
        .add("GET", PATH, _ -> list())
        .add("POST", PATH, changing(this::create))
        .add("GET", ONE, this::describe)
        .add("PUT", ONE, changing(call -> begin("put", call.part("name"), call.json())))
        .add("DELETE", ONE, changing(this::remove))
        .add("POST", ONE + "/sync", changing(this::sync))
        .add("POST", ONE + "/kernelspec", changing(this::kernelSpec))
        .add("GET", JOBS, this::jobs)
        .add("GET", JOB, call -> answer(find(call).json()))
        .add("DELETE", JOB, changing(this::cancel))
        .add("GET", JOB + "/events", this::events);
  }

  private Endpoint changing(Endpoint endpoint) {
    return call -> {
      if (!allowed) {
        throw new HttpException(
            403, "This server lets nobody change environments (--no-allow-environments)");
      }
      return endpoint.answer(call);
    };
  }

  private static Answer answer(JsonNode body) {
    return Answer.ok(body).with("Cache-Control", "no-store");
  }

  private Answer list() throws HttpException, InterruptedException {
    return answer(jobs.now("list", "", Json.object()).path("environments"));
  }

  private Answer describe(Call call) throws HttpException, InterruptedException {
    return answer(jobs.now("describe", call.part("name"), Json.object()).path("environment"));
  }

  private Answer create(Call call) throws HttpException, IOException, InterruptedException {
    ObjectNode options = call.someJson();
    String name = Json.text(options, "name");
    if (name == null) {
      throw new HttpException(400, "name is missing: the environment's");
    }
    options.remove("name");
    return begin("create", name, options);
  }

  private Answer sync(Call call) throws HttpException, IOException, InterruptedException {
    return begin("sync", call.part("name"), call.json());
  }

  private Answer begin(String action, String name, ObjectNode options)
      throws HttpException, InterruptedException {
    Job job = jobs.begin(action, name, options);
    String location = "%s%s/%s/jobs/%s".formatted(base, PATH.substring(1), name, job.id());
    return Answer.json(job.isOver() ? 200 : 202, job.json()).with("Location", location);
  }

  private Answer remove(Call call) throws HttpException, InterruptedException {
    ObjectNode _ = jobs.now("remove", call.part("name"), Json.object());
    return Answer.nothing();
  }

  private Answer kernelSpec(Call call) throws HttpException, IOException, InterruptedException {
    ObjectNode said = jobs.now("kernelspec", call.part("name"), call.json());
    ObjectNode spec = Json.child(said, "kernelspec");
    String location = base + "api/kernelspecs/" + spec.path("name").asString("");
    return Answer.created(location, spec);
  }

  private Answer jobs(Call call) {
    List<Job> known = jobs.of(call.part("name"));
    ArrayNode all = Json.array();
    known.forEach(job -> all.add(job.json()));
    return answer(all);
  }

  private Job find(Call call) throws HttpException {
    String id = call.part("id");
    return jobs.find(call.part("name"), id)
        .orElseThrow(() -> new HttpException(404, "There is no job " + id));
  }

  /** The word to end is given; its events tell when it has ended. */
  private Answer cancel(Call call) throws HttpException {
    Job job = find(call);
    job.cancel();
    return Answer.json(job.isOver() ? 200 : 202, job.json());
  }

  private Answer events(Call call) throws HttpException {
    JobEvents events = find(call).events();
    JobStream stream = JobStream.of(call);
    if (stream.hasAll(events)) {
      return Answer.nothing();
    }
    return Answer.live(stream.format().mediaType(), out -> stream.write(events, out));
  }
}
