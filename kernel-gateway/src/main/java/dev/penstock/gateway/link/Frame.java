package dev.penstock.gateway.link;

import java.util.List;

/**
 * One frame of the worker link.
 *
 * @param flags u8 whose meaning depends on the type
 * @param number request number, 0 when there is none: the shell's number above the request's number
 *     in that shell (see {@link #number(int, long)})
 * @param marker from the worker: lane marker that belongs before this frame, 0 when it needs no
 *     order with the lanes; of a REQUEST: number of the last reply that the gateway has seen
 * @param parts the frame's parts; never changed after construction
 */
public record Frame(FrameType type, int flags, long number, long marker, List<byte[]> parts) {
  /** REQUEST flag: the request came through the control channel. */
  public static final int CONTROL_CHANNEL = 1;

  /** REQUEST flag on the control lane: the request is for the inbox of a stream. */
  public static final int FOR_INBOX = 2;

  /** REPLY flag: abort the execute requests queued behind this one. */
  public static final int ABORT_QUEUED = 1;

  /** REPLY flag: the user asked the kernel to exit. */
  public static final int EXIT_ASKED = 2;

  /** REPLY flag: the request goes on; another REPLY with its number says when it is over. */
  public static final int GOES_ON = 4;

  /** REPLY flag on the control lane: it answers a request {@link #FOR_INBOX}. */
  public static final int FROM_INBOX = 8;

  /** Bits of a request number that count the requests of one shell. */
  private static final int SEQUENCE_BITS = 40;

  /** The number of a shell's nth request; shell 0 is the main shell. */
  public static long number(int shell, long sequence) {
    return (long) shell << SEQUENCE_BITS | sequence;
  }

  /** Number of the shell that the frame is about; 0 is the main shell. */
  public int shell() {
    return (int) (number >>> SEQUENCE_BITS);
  }

  public Frame(FrameType type, int flags, long number, List<byte[]> parts) {
    this(type, flags, number, 0, parts);
  }

  /** Sum of the parts' sizes in bytes: what the frame costs while it is held. */
  public long bytes() {
    long sum = 0;
    for (byte[] part : parts) {
      sum += part.length;
    }
    return sum;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** True for a REPLY after which queued execute requests are to be aborted (SH-15). */
  public boolean abortsQueued() {
    return type == FrameType.REPLY && has(ABORT_QUEUED);
  }

  /** True for both REPLYs of a request that goes on after its answer: a stream. */
  public boolean goesOn() {
    return type == FrameType.REPLY && has(GOES_ON);
  }

  /** True for a REPLY to a request that was for the inbox of a stream. */
  public boolean isFromInbox() {
    return type == FrameType.REPLY && has(FROM_INBOX);
  }

  /** True for a REPLY whose user asked to exit (payload ask_exit). */
  public boolean asksExit() {
    return type == FrameType.REPLY && has(EXIT_ASKED);
  }
}
