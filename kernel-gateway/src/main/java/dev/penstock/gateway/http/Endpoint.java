package dev.penstock.gateway.http;

import java.io.IOException;

/** Answers calls of one method and path. */
@FunctionalInterface
public interface Endpoint {
  /** Answers; may take as long as it needs: each call has a (virtual) thread of its own. */
  Answer answer(Call call) throws HttpException, IOException, InterruptedException;
}
