package dev.penstock.gateway.rpc;

import dev.penstock.gateway.verbs.Verbs;
import java.util.Map;

/** All methods of one session: the server's own, and the user's functions. Thread-safe. */
final class Methods implements Caller {
  private final Running running;
  private final Map<String, Method> own;

  /** The methods over a session's worker. */
  Methods(Verbs verbs) {
    running = new Running(verbs);
    TaskMethods tasks = new TaskMethods(new Tasks(), this::work);
    Discovery discovery = new Discovery(running);
    own =
        Map.of(
            "submit", tasks::submit,
            "status", tasks::status,
            "result", tasks::result,
            "cancel", tasks::cancel,
            "rpc.discover", discovery::discover,
            "system.listMethods", discovery::list,
            "system.methodSignature", discovery::signature,
            "system.methodHelp", discovery::help);
  }

  @Override
  public Outcome call(String method, Params params) throws RpcException, InterruptedException {
    Method found = own.get(method);
    return found == null ? work(method, params).run(() -> {}) : found.call(params);
  }

  private Work work(String method, Params params) throws RpcException {
    if (own.containsKey(method)) {
      throw new RpcException(RpcError.invalidParams(method + " cannot be submitted"));
    }
    return switch (method) {
      case "execute" -> turn -> running.execute(params, turn);
      case "evaluate" -> turn -> running.evaluate(params, turn);
      default -> turn -> running.call(method, params, turn);
    };
  }
}
