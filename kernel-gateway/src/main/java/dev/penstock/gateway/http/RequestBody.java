package dev.penstock.gateway.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as it comes. Reading fails when it is larger than the server takes, or comes too
 * slowly; {@link #check} then says why. For the call's own thread.
 */
public final class RequestBody extends InputStream {
  private static final long MAX_SWALLOWED = 64L << 20;

  /** Bytes a second of a body that takes longer than a request may. */
  private static final long SLOWEST = 1 << 10;

  private final InputStream in;
  private final HttpLimits limits;
  private final long declared;
  private final boolean awaitsWord;
  private final long began = System.nanoTime();
  private long size;
  private @Nullable HttpException refusal;

  RequestBody(Request request, HttpLimits limits) {
    this.in = Content.Source.asInputStream(request);
    this.limits = limits;
    this.declared = request.getLength();
    this.awaitsWord =
        request.getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString());
  }

  /**
   * To be called when reading failed.
   *
   * @throws HttpException 413 if it is too large, 408 if it comes too slowly; else nothing
   */
  public void check() throws HttpException {
    HttpException failure = refusal;
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (declared > limits.maxBody()) {
      throw tooLarge();
    }
    int count = paced(bytes, offset, length);
    if (size > limits.maxBody()) {
      throw tooLarge();
    }
    return count;
  }

  /** A body that comes byte by byte would hold its call for ever. */
  private int paced(byte[] bytes, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(bytes, offset, length);
    } catch (IOException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw tooSlow(); // nothing came for so long
      }
      throw e;
    }
    size += Math.max(0, count);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    if (count >= 0 && seconds > limits.requestTimeout().toSeconds() && size < seconds * SLOWEST) {
      throw tooSlow();
    }
    return count;
  }

  private IOException tooSlow() {
    return refused(408, "The request's body comes at less than " + SLOWEST + " bytes a second");
  }

  private IOException tooLarge() throws IOException {
    if (!awaitsWord || size > 0) {
      swallow();
    }
    return refused(
        413,
        "The request's body is larger than %d bytes, the server's limit (--max-body-size)"
            .formatted(limits.maxBody()));
  }

  /** Most clients read no answer before they have sent all: without this they see a cut. */
  private void swallow() throws IOException {
    byte[] chunk = new byte[1 << 16];
    long most = size + MAX_SWALLOWED;
    int count = 0;
    while (count >= 0 && size < most) {
      count = paced(chunk, 0, chunk.length);
    }
  }

  private IOException refused(int status, String message) {
    HttpException failure = new HttpException(status, message);
    refusal = failure;
    return new IOException(failure);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
